"""Payments as a telco's back end makes them."""

import json
from decimal import Decimal

import pytest

from billing.models import Allocation, Bill, LedgerEntry, Payment, PaymentClientReferences
from tests.contracts.tmf.conftest import BASES, BRM, PLAIN, add_method, make_telco, rows
from tests.support.factories import UserFactory

ORDER_ITEM = {"item": {"id": "4711", "@referredType": "ProductOrder"}}
BILL_ITEM = {"item": {"id": "848081"}, "totalAmount": {"unit": "USD", "value": 5}}

KEYS = [
    "id", "href", "authorizationCode", "correlatorId", "description", "name", "paymentDate", "status", "statusDate",
    "account", "amount", "channel", "payer", "paymentItem", "paymentMethod", "taxAmount", "totalAmount", "@baseType",
    "@schemaLocation", "@type",
]  # fmt: skip


@pytest.mark.parametrize("base", BASES)
def test_brms_sample_works_as_printed(telco, api, base):
    answer = api.post(f"{base}/payment", telco.sample())
    assert answer.status_code == 201
    body = rows(answer)
    assert list(body) == KEYS
    payment = Payment.objects.get()
    assert body["id"] == f"0.0.0.1+-item-payment+{payment.pk}"
    assert body["href"] == answer["Location"] == f"http://testserver{base}/payment/{body['id']}"
    assert body["account"]["id"] == telco.account_id
    assert (body["account"]["name"], body["account"]["@referredType"]) == ("Mary Irwin", "billingAccount")
    assert body["totalAmount"]["unit"] == "USD"
    assert body["totalAmount"]["value"] == 10
    assert (body["status"], body["description"]) == ("captured", "New Payment")
    assert body["paymentDate"].endswith("Z")
    method = body["paymentMethod"]
    assert (method["id"], method["name"]) == ("Test123XYZ", "Mary Irwin's Credit Card")
    assert method["href"].endswith("/paymentMethod/Test123XYZ")
    assert payment.payment_method == telco.method
    assert payment.unallocated_amount == 10
    assert rows(api.get(f"{base}/payment/{body['id']}")) == body


def test_brms_methods_have_an_address_of_their_own(telco, api):
    method = rows(api.post(f"{BRM}/payment", telco.sample()))["paymentMethod"]
    assert method["href"] == "http://testserver/brm/paymentMethods/v1/paymentMethod/Test123XYZ"
    assert rows(api.get(method["href"]))["id"] == "Test123XYZ"


@pytest.mark.parametrize("name", ["0.0.0.1+-account+{pk}", "{number}"])
def test_an_account_is_named_by_poid_or_number(telco, api, name):
    name = name.format(pk=telco.account.pk, number=telco.account.account_number)
    assert rows(api.post(f"{PLAIN}/payment", telco.sample(account={"id": name})))["status"] == "captured"


def test_a_method_is_named_by_poid_too(telco, api):
    method = {
        "id": f"0.0.0.1+-payinfo-cc+{telco.method.pk}",
        "@type": "paymentmethodref",
        "@referredType": "x",
    }
    body = rows(api.post(f"{PLAIN}/payment", telco.sample(paymentMethod=method)))
    assert body["paymentMethod"]["id"] == "Test123XYZ"


@pytest.mark.parametrize(("kind", "name"), [("cash", "Cash"), ("CHECK", "Check")])
def test_cash_and_checks_are_written_down_with_who_did_it(telco, api, ada, kind, name):
    answer = api.post(f"{PLAIN}/payment", telco.cash(25, paymentMethod={"id": "no 4711", "@type": kind}))
    body = rows(answer)
    assert (answer.status_code, body["status"]) == (201, "captured")
    assert (body["paymentMethod"]["id"], body["paymentMethod"]["@type"]) == ("no 4711", name)
    payment = Payment.objects.get()
    assert (payment.pos, payment.received_as, payment.created_by) == (None, name.lower(), ada)
    assert LedgerEntry.objects.get().attempt.requested_by == ada
    assert payment.captured_amount == payment.unallocated_amount == 25


def test_money_without_a_pos_names_how_it_came_and_who_wrote_it_down(telco, api):
    from django.db import IntegrityError, transaction

    shared = {"channel": telco.channel, "account": telco.account, "amount": 1, "currency": "USD"}
    for wrong in ({}, {"received_as": "cash"}, {"received_as": "barter", "created_by": UserFactory()}):
        with pytest.raises(IntegrityError, match="pos_or_received"), transaction.atomic():
            Payment.objects.create(order_id="x", **shared, **wrong)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"account": ...}, "account"),
        ({"account": None}, "account"),
        ({"account": {}}, "account"),
        ({"account": {"id": " "}}, "account.id"),
        ({"account": {"id": "nobody"}}, "account.id"),
        ({"account": {"id": "0.0.0.1+-account+0"}}, "account.id"),
        ({"account": {"id": "0.0.0.1+-bill+1"}}, "account.id"),
        ({"paymentMethod": ...}, "paymentMethod"),
        ({"paymentMethod": {"id": "Test123XYZ"}}, "@type"),
        ({"paymentMethod": {"id": "Test123XYZ", "@type": "PaymentMethodRef"}}, "@referredType"),
        ({"paymentMethod": {"id": "Test123XYZ", "@type": "Gold", "@referredType": "x"}}, "@type"),
        ({"paymentMethod": {"id": "", "@type": "Cash"}}, "paymentMethod.id"),
        ({"paymentMethod": {"id": "other", "@type": "PaymentMethodRef", "@referredType": "x"}}, "paymentMethod.id"),
        ({"totalAmount": ...}, "totalAmount"),
        ({"totalAmount": {"value": 1}}, "unit"),
        ({"totalAmount": {"value": 1, "unit": "USDX"}}, "unit"),
        ({"totalAmount": {"value": 1, "unit": "XQX"}}, "unit"),
        ({"totalAmount": {"unit": "USD"}}, "value"),
        ({"totalAmount": {"value": None, "unit": "USD"}}, "value"),
        ({"totalAmount": {"value": "", "unit": "USD"}}, "value"),
        ({"totalAmount": {"value": 0, "unit": "USD"}}, "value"),
        ({"totalAmount": {"value": -1, "unit": "USD"}}, "value"),
        ({"totalAmount": {"value": 10.015, "unit": "USD"}}, "value"),
        ({"totalAmount": {"value": 0.1 + 0.2, "unit": "USD"}}, "value"),
        ({"totalAmount": {"value": True, "unit": "USD"}}, "value"),
        ({"totalAmount": {"value": "ten", "unit": "USD"}}, "value"),
        ({"totalAmount": {"value": 10**15, "unit": "USD"}}, "value"),
        ({"amount": {"value": 1, "unit": "TRY"}}, "amount.unit"),
        ({"payer": {"id": "1"}}, "@referredType"),
        ({"description": "x" * 501}, "description"),
        ({"description": "my card is 4111111111111111"}, "Card numbers"),
        ({"correlatorId": 5}, "correlatorId"),
        ({"paymentItem": {}}, "paymentItem"),
        ({"paymentItem": [{**ORDER_ITEM, "totalAmount": {"unit": "USD", "value": "a"}}]}, "paymentItem[0].totalAmount"),
        ({"paymentItem": [{**ORDER_ITEM, "totalAmount": {"unit": "XQX", "value": 1}}]}, "paymentItem[0].totalAmount"),
        ({"paymentItem": [{**ORDER_ITEM, "amount": {"unit": "USD", "value": 1.001}}]}, "paymentItem[0].amount"),
        ({"paymentItem": [{**BILL_ITEM, "taxAmount": {"unit": "USD", "value": None}}]}, "paymentItem[0].taxAmount"),
        ({"paymentItem": [{**BILL_ITEM, "amount": {"unit": "TRY", "value": 1}}]}, "paymentItem[0].amount"),
        ({"paymentItem": [{}]}, "item"),
        ({"paymentItem": [{"item": {"id": "1"}, "totalAmount": {"unit": "USD", "value": 1}}]}, "item.id"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_400_and_nothing_is_taken(telco, api, change, field):
    answer = api.post(f"{PLAIN}/payment", telco.sample(**change))
    body = answer.json()
    assert (answer.status_code, body["@type"], body["status"]) == (400, "Error", "400")
    assert field in body["message"]
    assert not Payment.objects.exists()


def test_another_currency_than_the_accounts_is_400(telco, api):
    answer = api.post(f"{PLAIN}/payment", telco.sample(totalAmount={"value": 1, "unit": "TRY"}))
    assert (answer.status_code, answer.json()["code"]) == (400, "payment_100_10")


def test_a_method_of_another_account_is_400(telco, api):
    other = make_telco(first_number=900)
    add_method(other.account, external_id="Theirs", is_default=False)
    method = {"id": "Theirs", "@type": "PaymentMethodRef", "@referredType": "bankCard"}
    assert api.post(f"{PLAIN}/payment", telco.sample(paymentMethod=method)).status_code == 400


SECOND = {"id": "Second", "@type": "PaymentMethodRef", "@referredType": "bankCard"}


def test_brm_charges_the_accounts_own_method_whichever_is_named(telco, api):
    add_method(telco.account, external_id="Second", is_default=False)
    body = rows(api.post(f"{BRM}/payment", telco.sample(paymentMethod=SECOND)))
    assert body["paymentMethod"]["id"] == "Test123XYZ"


def test_brm_charges_the_named_one_where_the_accounts_own_cannot_be_charged(telco, api):
    telco.method.expiry_year = 2020
    telco.method.save()
    add_method(telco.account, external_id="Second", is_default=False)
    body = rows(api.post(f"{BRM}/payment", telco.sample(paymentMethod=SECOND)))
    assert body["paymentMethod"]["id"] == "Second"


@pytest.mark.parametrize("base", [base for base in BASES if base != BRM])
def test_on_tm_forums_paths_only_the_named_card_is_charged(telco, api, base):
    second = add_method(telco.account, external_id="Second", is_default=False)
    body = rows(api.post(f"{base}/payment", telco.sample(paymentMethod=SECOND)))
    assert body["paymentMethod"]["id"] == "Second"
    second.expiry_year = 2020
    second.save()
    assert api.post(f"{base}/payment", telco.sample(paymentMethod=SECOND)).status_code == 400
    assert Payment.objects.count() == 1


def test_an_item_alone_pays_the_open_amount_of_its_bill(telco, api):
    body = rows(api.post(f"{PLAIN}/payment", telco.cash(35, paymentItem=[{"item": {"id": "848081"}}])))
    assert body["paymentItem"][0]["totalAmount"]["value"] == 30
    assert Bill.objects.get(number=848081).status == "paid"


def test_amounts_of_an_item_stay_as_they_were_sent(telco, api):
    item = {
        "item": {"id": "848081"},
        "amount": {"unit": "USD", "value": 25},
        "taxAmount": {"unit": "USD", "value": 5},
        "totalAmount": {"unit": "USD", "value": 30},
    }
    made = rows(api.post(f"{PLAIN}/payment", telco.cash(35, paymentItem=[item])))
    for body in (made, rows(api.get(f"{PLAIN}/payment/{made['id']}"))):
        shown = body["paymentItem"][0]
        assert [shown[name]["value"] for name in ("amount", "taxAmount", "totalAmount")] == [25, 5, 30]


def test_an_item_that_is_no_bill_is_echoed_and_pays_nothing(telco, api):
    order = {
        "id": "4711",
        "href": "https://shop.example/4711",
        "name": "Order",
        "@referredType": "ProductOrder",
    }
    items = [{"item": order, "totalAmount": {"unit": "USD", "value": 5}}, telco.item(0, 30)]
    made = rows(api.post(f"{PLAIN}/payment", telco.cash(35, paymentItem=items)))
    for body in (made, rows(api.get(f"{PLAIN}/payment/{made['id']}"))):
        bill, other = body["paymentItem"]
        assert bill["item"]["name"] == "848081"
        assert {name: other["item"][name] for name in order} == order
        assert other["totalAmount"]["value"] == 5
    assert Payment.objects.get().unallocated_amount == 5


def test_the_bills_of_brms_extended_form_are_paid(telco, api):
    bills = [{"id": "848081"}, {"id": "848082", "amount": {"unit": "USD", "value": 5}}]
    api.post(f"{BRM}/payment", telco.cash(35, bills=bills))
    assert [bill.open_amount for bill in Bill.objects.order_by("number")[:2]] == [0, 15]
    assert Payment.objects.get().unallocated_amount == 0


@pytest.mark.parametrize("value", ["10", 10, 10.0, "10.00", Decimal("1E+1")])
def test_an_amount_is_the_same_however_it_is_written(telco, api, value):
    assert rows(api.post(f"{PLAIN}/payment", telco.cash(value)))["totalAmount"]["value"] == 10


def test_amounts_that_floats_break_add_up(telco, api):
    for value in ("0.1", "0.2"):
        raw = f'{{"account": {{"id": "{telco.account_id}"}}, "paymentMethod": {{"id": "till", "@type": "Cash"}}, '
        raw += f'"totalAmount": {{"unit": "USD", "value": {value}}}}}'
        assert (
            api.generic("POST", f"{PLAIN}/payment", raw, content_type="application/json").status_code == 201
        )
    items = [telco.item(0, 0.1), telco.item(1, 0.2)]
    body = rows(api.post(f"{PLAIN}/payment", telco.cash(0.3, paymentItem=items)))
    assert [item["totalAmount"]["value"] for item in body["paymentItem"]] == [Decimal("0.1"), Decimal("0.2")]
    assert Payment.objects.latest("pk").unallocated_amount == 0
    raw = raw.replace('"value": 0.2', '"value": 1e2')
    answer = api.generic("POST", f"{PLAIN}/payment", raw, content_type="application/json")
    assert rows(answer)["totalAmount"]["value"] == 100


@pytest.mark.parametrize("how", ["sample", "cash"])
def test_items_pay_bills_and_the_rest_stays(telco, api, how):
    body = rows(api.post(f"{PLAIN}/payment", getattr(telco, how)(35, paymentItem=[telco.item(0, 30)])))
    item = body["paymentItem"][0]
    assert (item["id"], item["item"]["name"]) == (f"0.0.0.1+-bill+{telco.bills[0].pk}", "848081")
    assert item["totalAmount"]["value"] == 30
    assert Bill.objects.get(pk=telco.bills[0].pk).status == "paid"
    assert Payment.objects.get().unallocated_amount == 5


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([(0, 30), (1, 6)], "payment_100_11"),
        ([(0, 31)], "payment_100_11"),
        ([(0, 1), (0, 1)], "24"),
    ],
)
def test_items_are_no_more_than_the_amount_and_what_is_open(telco, api, items, code):
    sent = [telco.item(index, value) for index, value in items]
    answer = api.post(f"{PLAIN}/payment", telco.cash(35, paymentItem=sent))
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_automatic_allocation_takes_the_oldest_bills_first(telco, api):
    body = rows(api.post(f"{PLAIN}/payment?allocate=auto", telco.sample(45)))
    assert [item["totalAmount"]["value"] for item in body["paymentItem"]] == [30, 15]
    assert [bill.open_amount for bill in Bill.objects.order_by("number")] == [0, 5]
    assert api.post(f"{PLAIN}/payment?allocate=all", telco.cash()).status_code == 400


@pytest.mark.parametrize(
    ("amount", "status"), [(9990.12, "denied"), (9990.46, "pendingAuthorization"), (9990.79, "failed")]
)
def test_what_the_bank_does_not_give_is_a_payment_with_its_status(telco, api, amount, status):
    body = rows(api.post(f"{PLAIN}/payment", telco.sample(amount, correlatorId="once")))
    assert body["status"] == status
    assert rows(api.get(f"{PLAIN}/payment?status={status}"))[0]["id"] == body["id"]
    assert rows(api.post(f"{PLAIN}/payment", telco.sample(amount, correlatorId="once"))) == body
    assert Payment.objects.get().captured_amount == 0


@pytest.mark.parametrize("change", [{"is_active": False}, {"gateway": "nestpay"}, {"expiry_year": 2020}])
def test_a_method_that_cannot_be_charged_is_400_and_nothing_is_attempted(telco, api, change):
    from billing import services

    services.payment_methods.update(telco.method, **change)
    assert api.post(f"{PLAIN}/payment", telco.sample()).status_code == 400
    assert not Payment.objects.exists()


def test_money_is_put_to_bills_later(telco, api, ada):
    made = rows(api.post(f"{PLAIN}/payment", telco.cash(40)))
    share = {"id": "848081", "allocatedAmount": {"unit": "USD", "value": 30}}
    answer = api.post(f"{PLAIN}/paymentAllocation", {"paymentId": made["id"], "bill": [share]})
    assert answer.status_code == 201
    assert answer.json()["unallocatedAmount"]["value"] == 10
    assert Allocation.objects.get().created_by == ada
    again = api.post(f"{PLAIN}/paymentAllocation", {"paymentId": made["id"], "bill": [share]})
    assert again.status_code == 409
    more = {"id": "848082", "allocatedAmount": {"unit": "USD", "value": 11}}
    answer = api.post(f"{PLAIN}/paymentAllocation", {"paymentId": made["id"], "bill": [more]})
    assert (answer.status_code, answer.json()["code"]) == (409, "payment_100_12")
    document = rows(api.get(f"{PLAIN}/payment/{made['id']}?@type=PaymentOracle"))
    assert document["paymentItem"][0]["receivedAmount"]["value"] == 30
    assert document["unallocatedAmount"]["value"] == 10


def test_a_correlator_asks_once(telco, api):
    body = telco.cash(12.5, correlatorId="run-1")
    first, again = (rows(api.post(f"{PLAIN}/payment", body)) for _ in range(2))
    assert again == first
    assert rows(api.post(f"{PLAIN}/payment", telco.cash("12.50", correlatorId="run-1"))) == first
    other = api.post(f"{PLAIN}/payment", telco.cash(13, correlatorId="run-1"))
    assert (other.status_code, other.json()["code"]) == (409, "payment_100_13")
    assert Payment.objects.count() == 1
    assert rows(api.get(f"{PLAIN}/payment?correlatorId=run-1"))[0]["id"] == first["id"]


def test_another_clients_correlator_is_its_own(telco, api):
    from tests.contracts.tmf.conftest import telco_client

    body = telco.cash(correlatorId="run-1")
    assert rows(api.post(f"{PLAIN}/payment", body)) != rows(
        telco_client("bob").post(f"{PLAIN}/payment", body)
    )


def test_what_the_client_said_is_kept_and_found(telco, api):
    extra = {
        "name": "January", "payer": {"id": "P1", "@referredType": "Individual", "name": "Mary"},
        "channel": {"id": "web"}, "amount": {"unit": "USD", "value": 8.4}, "taxAmount": {"unit": "USD", "value": 1.6},
        "authorizationCode": "A1",
    }  # fmt: skip
    made = rows(api.post(f"{PLAIN}/payment", telco.cash(**extra)))
    assert made["payer"]["@referredType"] == "Individual"
    assert made["channel"]["id"] == "web"
    assert (made["amount"]["value"], made["taxAmount"]["value"]) == (Decimal("8.4"), Decimal("1.6"))
    assert made["authorizationCode"] == "A1"
    for query in (
        "name=January", "payer.id=P1", "channel.id=web", "amount.value=8.40", "taxAmount.value.lt=2",
        "description.regex=^New", "authorizationCode=A1", "paymentMethod.id=till%207",
    ):  # fmt: skip
        assert [row["id"] for row in rows(api.get(f"{PLAIN}/payment?{query}"))] == [made["id"]], query
    assert PaymentClientReferences.objects.get().client.startswith("user:")


def test_a_bimetri_payment_is_listed_here(api, db):
    from tests.billing.conftest import make_shop

    payment = make_shop().charge().payment
    listed = rows(api.get(f"{BRM}/payment"))
    assert [row["id"] for row in listed] == [f"0.0.0.1+-item-payment+{payment.pk}"]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [("{", "application/json", 400), ("[]", "application/json", 400), ("a=b", "application/x-www-form-urlencoded", 415),
     ("\xff", "application/json", 400), ('{"name": "\\u0000"}', "application/json", 400),
     ("[" * 99999, "application/json", 400)],
)  # fmt: skip
def test_broken_requests_have_the_contracts_body(api, telco, body, content_type, status):
    answer = api.generic("POST", f"{PLAIN}/payment", body.encode("latin-1"), content_type=content_type)
    assert (answer.status_code, answer.json()["@type"]) == (status, "Error")


def test_curl_without_a_media_type_is_understood(api, telco):
    body = json.dumps(telco.sample())
    answer = api.generic("POST", f"{BRM}/payment", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 201
