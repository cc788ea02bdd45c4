"""Refunds of a payment, and of an account in credit."""

from decimal import Decimal

import pytest

from billing.models import Bill, Payment, Refund
from payments import services as payment_services
from tests.contracts.tmf.conftest import BASES, PLAIN, rows, telco_client

KEYS = [
    "id", "href", "authorizationCode", "correlatorId", "description", "name", "refundDate", "status", "statusDate",
    "account", "amount", "channel", "payment", "paymentMethod", "requestor", "taxAmount", "totalAmount", "@baseType",
    "@schemaLocation", "@type",
]  # fmt: skip


def ask(telco, value, **change):
    body = telco.sample(value, **{"description": "Too much", **change})
    return {**body, "@type": "Refund_Create"}


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("how", ["sample", "cash"])
def test_a_payment_is_refunded_in_parts(telco, api, base, how):
    paid = rows(api.post(f"{base}/payment", getattr(telco, how)(35, paymentItem=[telco.item(0, 30)])))
    answer = api.post(f"{base}/refund", ask(telco, 10, payment={"id": paid["id"]}))
    body = rows(answer)
    assert answer.status_code == 201
    assert list(body) == KEYS
    assert body["href"] == answer["Location"]
    assert (body["status"], body["totalAmount"]["value"]) == ("done", 10)
    assert (body["payment"]["id"], body["description"]) == (paid["id"], "Too much")
    assert body["paymentMethod"]["id"] == paid["paymentMethod"]["id"]
    assert rows(api.get(body["href"])) == body
    assert Bill.objects.get(number=848081).open_amount == 5  # five were on no bill
    assert rows(api.post(f"{base}/refund", ask(telco, 25, payment={"id": paid["id"]})))["status"] == "done"
    answer = api.post(f"{base}/refund", ask(telco, 1, payment={"id": paid["id"]}))
    assert (answer.status_code, answer.json()["code"]) == (409, "refund_100_2")


def test_more_than_is_left_is_409(telco, api):
    paid = rows(api.post(f"{PLAIN}/payment", telco.sample(100)))
    assert api.post(f"{PLAIN}/refund", ask(telco, 60, payment={"id": paid["id"]})).status_code == 201
    answer = api.post(f"{PLAIN}/refund", ask(telco, 60, payment={"id": paid["id"]}))
    assert (answer.status_code, answer.json()["code"]) == (409, "refund_100_1")


def test_an_account_in_credit_gets_back_what_is_on_no_bill(telco, api):
    api.post(f"{PLAIN}/payment", telco.cash(40, paymentItem=[telco.item(0, 30)]))
    api.post(f"{PLAIN}/payment", telco.cash(25))
    answer = api.post(f"{PLAIN}/refund", ask(telco, 30))
    assert (answer.status_code, answer.json()["code"]) == (409, "refund_100_4")
    body = rows(api.post(f"{PLAIN}/refund", ask(telco, 20)))
    assert (body["status"], body["payment"]["id"]) == (
        "done", f"0.0.0.1+-item-payment+{Payment.objects.latest('pk').pk}",
    )  # fmt: skip
    assert rows(api.post(f"{PLAIN}/refund", ask(telco, 10)))["status"] == "done"
    assert api.post(f"{PLAIN}/refund", ask(telco, 6)).status_code == 409
    assert rows(api.post(f"{PLAIN}/refund", ask(telco, 5)))["status"] == "done"
    assert Bill.objects.get(number=848081).status == "paid"


@pytest.mark.parametrize("how", ["sample", "cash"])
def test_above_the_limit_a_second_person_decides(telco, api, how):
    payment_services.channels.update(telco.channel, conf={"refund_limit": "20"})
    paid = rows(api.post(f"{PLAIN}/payment", getattr(telco, how)(50)))
    body = rows(api.post(f"{PLAIN}/refund", ask(telco, 30, payment={"id": paid["id"]})))
    assert body["status"] == "pendingAuthorization"
    refund = Refund.objects.get()
    assert api.post(f"/api/v1/refunds/{refund.pk}/approve/").status_code == 406
    assert telco_client("second").post(f"/api/v1/refunds/{refund.pk}/approve/").status_code == 200
    assert rows(api.get(f"{PLAIN}/refund/{body['id']}"))["status"] == "done"
    assert rows(api.get(f"{PLAIN}/refund/{body['id']}?@type=RefundOracle"))["remainingAmount"]["value"] == 20


def test_what_waits_is_reserved(telco, api):
    payment_services.channels.update(telco.channel, conf={"refund_limit": "20"})
    api.post(f"{PLAIN}/payment", telco.cash(50))
    assert rows(api.post(f"{PLAIN}/refund", ask(telco, 30)))["status"] == "pendingAuthorization"
    assert api.post(f"{PLAIN}/refund", ask(telco, 21)).status_code == 409
    share = {"id": "848081", "allocatedAmount": {"unit": "USD", "value": 21}}
    paid = f"0.0.0.1+-item-payment+{Payment.objects.get().pk}"
    assert api.post(f"{PLAIN}/paymentAllocation", {"paymentId": paid, "bill": [share]}).status_code == 409


def test_a_correlator_asks_once(telco, api):
    api.post(f"{PLAIN}/payment", telco.cash(50))
    body = ask(telco, 20, correlatorId="r-1")
    first, again = (rows(api.post(f"{PLAIN}/refund", body)) for _ in range(2))
    assert first == again
    assert api.post(f"{PLAIN}/refund", ask(telco, 21, correlatorId="r-1")).status_code == 409
    assert Refund.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"payment": {"id": "0.0.0.1+-item-payment+0"}}, "payment.id"),
        ({"payment": {}}, "payment"),
        (
            {"paymentMethod": {"id": "x", "@type": "PaymentMethodRef", "@referredType": "x"}},
            "paymentMethod.id",
        ),
        ({"totalAmount": {"unit": "USD", "value": 0.001}}, "totalAmount.value"),
        ({"totalAmount": {"unit": "EUR", "value": 1}}, "USD"),
        ({"account": ...}, "account"),
    ],
)
def test_a_wrong_field_is_400(telco, api, change, field):
    api.post(f"{PLAIN}/payment", telco.cash(50))
    answer = api.post(f"{PLAIN}/refund", ask(telco, 1, **change))
    assert answer.status_code == 400
    assert field in answer.json()["message"]
    assert not Refund.objects.exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=done", 1),
        ("status=canceled", 0),
        ("payment.id={payment}", 1),
        ("account.id={account}", 1),
        ("totalAmount.value.gte=10.01", 1),
        ("totalAmount.unit=USD", 1),
        ("refundDate.gt=2020-01-01", 1),
        ("correlatorId=r-9", 1),
        ("requestor.id=x", 0),
        ("paymentMethod.id=Test123XYZ", 1),
        ("sort=-totalAmount.value&limit=5", 1),
    ],
)
def test_a_list_is_asked(telco, api, query, found):
    paid = rows(api.post(f"{PLAIN}/payment", telco.sample(50)))
    api.post(f"{PLAIN}/refund", ask(telco, 10.01, payment={"id": paid["id"]}, correlatorId="r-9"))
    listed = rows(api.get(f"{PLAIN}/refund?{query.format(payment=paid['id'], account=telco.account_id)}"))
    assert len(listed) == found
    assert all(row["totalAmount"]["value"] == Decimal("10.01") for row in listed)


def test_the_clients_refund_date_is_kept_beside_ours(telco, api):
    paid = rows(api.post(f"{PLAIN}/payment", telco.sample(100)))
    sent = "2020-05-06T07:08:09+03:00"
    body = rows(api.post(f"{PLAIN}/refund", ask(telco, 1, payment={"id": paid["id"]}, refundDate=sent)))
    assert body["requestedRefundDate"] == sent
    assert body["refundDate"] > "2026"
    assert rows(api.get(body["href"])) == body
    assert rows(api.get(f"{PLAIN}/refund?fields=requestedRefundDate"))[0]["requestedRefundDate"] == sent
