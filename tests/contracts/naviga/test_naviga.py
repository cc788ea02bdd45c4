"""Naviga's contract as a publisher's site speaks it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from billing.errors import MethodNotSavedError
from billing.models import MethodEvent, PaymentMethod, Tenant
from billing.services import add_method
from billing.services.add_method import close_abandoned_events
from tests.contracts.naviga.conftest import token_of
from tests.support import golden
from tests.support.dump import everything
from tests.support.factories import (
    AccountFactory,
    BillingAddressFactory,
    PaymentMethodFactory,
    SourceSystemFactory,
    SubscriptionFactory,
    TenantFactory,
)

HERE = Path(__file__).parent
PATH, OLD_PATH = "/Billing/PaymentMethods", "/Billing/245316/PaymentMethods"
PRINTED = {
    "old_card": OLD_PATH,
    "new_card": PATH,
    "new_bank_account": PATH,
}
CARD = {
    "HolderName": "Clark Kent",
    "CreditCard": {
        "CreditCardExpirationMonth": "06",
        "CreditCardExpirationYear": "12",
        "CreditCardNumber": "4111********1111",
        "CreditCardType": 1,
    },
    "PaymentGatewayToken": "ASFWE234234",
    "PaymentGatewayCustomerId": "HKUSDYISD",
    "SubscriptionId": 20,
    "PaymentMethodType": 1,
}
BANK = {
    "HolderName": "Bruce Wayne",
    "BankAccount": {
        "BankAccountNumber": "123456",
        "BankAccountType": 1,
        "BankName": "Gotham City Bank",
        "BankRoutingNumber": "3456324",
    },
    "SubscriptionId": 20,
}


def with_card(**change):
    card = {**CARD["CreditCard"], **change}
    return {**CARD, "CreditCard": {name: value for name, value in card.items() if value is not ...}}


def with_bank(**change):
    bank = {**BANK["BankAccount"], **change}
    return {**BANK, "BankAccount": {name: value for name, value in bank.items() if value is not ...}}


def error_of(answer) -> tuple[int, int, str]:
    """HTTP status, the body's code, the error's code."""
    body = answer.json()
    assert list(body) == ["Code", "Errors", "Result", "SessionId", "RequestId"], body
    assert body["Result"] is None
    (error,) = body["Errors"]
    assert list(error) == ["Message", "Code", "Type", "ErrorSource"]
    return answer.status_code, body["Code"], error["Code"]


INVALID = (400, 400, "BILLING_01")


def refuse(table: str, operation: str) -> None:
    """The database refuses `operation` on `table` from now on."""
    with connection.cursor() as cursor:
        cursor.execute(f"""
            CREATE OR REPLACE FUNCTION refuse_for_test() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'refused by the test'; END $$;
            CREATE TRIGGER refuse_for_test BEFORE {operation} ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_for_test();
        """)


def allow(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER refuse_for_test ON {table}")


def trace(event: MethodEvent) -> list[str]:
    return list(event.steps.values_list("step", flat=True))


@pytest.mark.parametrize("file", sorted((HERE / "golden").glob("*.json")), ids=lambda file: file.stem)
def test_it_answers_as_promised(file, site):
    golden.run(site, golden.load(file), {})


@pytest.mark.parametrize("name", PRINTED)
def test_the_samples_work_exactly_as_printed(site, name):
    """The card sample lacks a comma; a site's developer pastes it nevertheless, or sends it with `curl -d @file`,
    which takes the line breaks away.
    """
    printed = (HERE / "printed" / f"{name}.json").read_text()
    for text in (printed, printed.replace("\n", "")):
        answer = site.generic("POST", PRINTED[name], text, content_type="application/json")
        assert answer.status_code == 200, answer.json()
    assert PaymentMethod.objects.count() == 2


def test_a_text_that_looks_like_a_missing_comma_is_kept_as_it_is(site):
    """Only a body that cannot be read is mended, and never inside a text."""
    name = 'He said "x" "HolderName": 1'
    text = json.dumps({**CARD, "HolderName": name}).replace(
        '"PaymentMethodType": 1', '"PaymentMethodType": 1 "X": 1'
    )
    assert site.generic("POST", PATH, text, content_type="application/json").status_code == 200
    assert PaymentMethod.objects.get().holder_name == name


def test_what_is_stored_of_the_pages_card(site, world):
    key = site.post(PATH, {**CARD, "BillingAddressId": 1859629}, format="json").json()["Result"][
        "PaymentMethodId"
    ]
    method = PaymentMethod.objects.get(pk=key)
    assert (method.account, method.subscription, method.billing_address.number) == (
        world.account,
        world.subscription,
        1859629,
    )
    assert (method.kind, method.brand, method.masked_card) == (1, "american_express", "4111********1111")
    assert (method.expiry_month, method.expiry_year, method.is_expired) == (6, 2012, True)
    assert (method.gateway, method.gateway_token, method.gateway_customer_id) == (
        "dummypay",
        "ASFWE234234",
        "HKUSDYISD",
    )
    assert method.brand_fits is False
    assert not method.is_default  # nothing could be paid with it


def test_event_then_method_then_event_and_all_leave_a_trace(site, world):
    headers = {"X-RequestId": "request-1"}
    key = site.post(PATH, CARD, format="json", headers=headers).json()["Result"]["PaymentMethodId"]
    event = MethodEvent.objects.get()
    assert (event.type, event.status, event.attempts) == ("ADDPAYMENTMETHOD", "done", 1)
    assert (event.payment_method_id, event.subscription, event.source_system, event.reference) == (
        key,
        world.subscription,
        world.source_system,
        "request-1",
    )
    assert trace(event) == ["created", "saved", "closed"]


# --- what is refused ---


@pytest.mark.parametrize(
    "body",
    [
        {**CARD, "SubscriptionId": None},
        {**CARD, "SubscriptionId": 0},
        {**CARD, "SubscriptionId": "twenty"},
        {**CARD, "SubscriptionId": True},
        {**CARD, "SubscriptionId": 2**63},
        {**CARD, "HolderName": ""},
        {**CARD, "HolderName": None},
        {**CARD, "HolderName": ["Clark"]},
        {**CARD, "HolderName": "x" * 201},
        {**CARD, "HolderName": "a\0b"},
        {**CARD, "HolderName": "\ud800"},
        {**CARD, "PaymentGatewayToken": ""},
        {**CARD, "PaymentGatewayToken": None},
        {**CARD, "CreditCard": None},
        {**CARD, "CreditCard": "4111********1111"},
        {**CARD, "PaymentMethodType": 0},
        {**CARD, "PaymentMethodType": 15},
        {**CARD, "PaymentMethodType": 2},
        {**CARD, "BillingAddressId": -1},
        {**CARD, "BillingAddressId": "x"},
        {**CARD, "PaymentMethodType": None, "BankAccount": BANK["BankAccount"]},
        {"HolderName": "Clark Kent", "SubscriptionId": 20},
        with_card(CreditCardNumber=...),
        with_card(CreditCardNumber=""),
        with_card(CreditCardNumber="1111"),
        with_card(CreditCardNumber=4111111111111111),
        with_card(CreditCardNumber="4111111111111111"),
        with_card(CreditCardNumber="123234345456"),
        with_card(CreditCardNumber="4111-1111-1111-1111"),
        with_card(CreditCardNumber="411111111111*111"),
        with_card(CreditCardType=0),
        with_card(CreditCardType=6),
        with_card(CreditCardExpirationMonth=...),
        with_card(CreditCardExpirationYear=...),
        with_card(CreditCardExpirationMonth="13"),
        with_card(CreditCardExpirationMonth=0),
        with_card(CreditCardExpirationMonth="6.0"),
        with_card(CreditCardExpirationMonth=True),
        with_card(CreditCardExpirationMonth="٦"),
        with_card(CreditCardExpirationYear="1"),
        with_card(CreditCardExpirationYear="012"),
        with_card(CreditCardExpirationYear=1999),
        with_card(CreditCardExpirationYear="20122"),
        with_card(CreditCardExpirationYear={}),
        with_bank(BankAccountNumber=...),
        with_bank(BankAccountNumber=""),
        with_bank(BankName=None),
        with_bank(BankAccountType=...),
        with_bank(BankAccountType=4),
        with_bank(BankRoutingNumber=...),
        {},
    ],
    ids=lambda body: json.dumps(body)[:60],
)
def test_invalid_inputs_begin_nothing(site, body):
    text = json.dumps(body)  # a surrogate by itself can be sent as an escape only
    assert error_of(site.generic("POST", PATH, text, content_type="application/json")) == INVALID
    assert not MethodEvent.objects.exists()
    assert not PaymentMethod.objects.exists()


@pytest.mark.parametrize(
    "text", ["{", "[]", "null", "", "nothing", '{"HolderName": }', "[" * 100_000, b"\xff"]
)
def test_what_is_no_json_object_is_invalid(site, text):
    assert error_of(site.generic("POST", PATH, text, content_type="application/json")) == INVALID


def test_another_form_than_json_is_not_read(site):
    answer = site.generic("POST", PATH, "a=b", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 415
    assert list(answer.json()) == ["error"]


@pytest.mark.parametrize(
    ("sent", "month", "year"),
    [
        (("06", "12"), 6, 2012),
        (("6", "2030"), 6, 2030),
        ((6, 30), 6, 2030),
        ((12, 2030), 12, 2030),
        ((1, 5), 1, 2005),
    ],
)
def test_months_and_years_come_as_numbers_or_texts_of_two_or_four_digits(site, sent, month, year):
    body = with_card(CreditCardExpirationMonth=sent[0], CreditCardExpirationYear=sent[1])
    assert site.post(PATH, body, format="json").status_code == 200
    method = PaymentMethod.objects.get()
    assert (method.expiry_month, method.expiry_year) == (month, year)


@pytest.mark.parametrize("kind", range(3, 15))
def test_the_other_kinds_need_neither_block(site, kind):
    body = {"HolderName": "Clark Kent", "SubscriptionId": 20, "PaymentMethodType": kind}
    assert site.post(PATH, body, format="json").status_code == 200
    assert PaymentMethod.objects.get().kind == kind


@pytest.mark.parametrize(
    "body",
    [
        {**with_card(CardOwner="Lois Lane"), "HolderName": None},
        {**CARD, "HolderName": "", "PaymentMethod": {"CreditCard": {"CardOwner": "Lois Lane"}}},
    ],
)
def test_a_cards_owner_stands_in_for_the_holder(site, body):
    assert site.post(PATH, body, format="json").status_code == 200
    assert PaymentMethod.objects.get().holder_name == "Lois Lane"


def test_a_brand_that_is_not_told_follows_from_the_digits(site):
    site.post(PATH, with_card(CreditCardType=None), format="json")
    assert PaymentMethod.objects.get().brand == "visa"


def paths_of(body, path=()):
    """Where texts stand in a body."""
    for name, value in body.items():
        if isinstance(value, dict):
            yield from paths_of(value, (*path, name))
        elif isinstance(value, str) or value is None:
            yield (*path, name)


def put(body, path, value):
    head, *rest = path
    return {**body, head: put(body[head], rest, value) if rest else value}


OLD_CARD = json.loads((HERE / "printed" / "old_card.json").read_text())
KEPT_OF_OLD = {
    "ExternalPaymentMethodId", "AccountHolder", "CreditCardNumber", "CardOwner", "ExternalToken", "ExternalCustomerId",
}  # fmt: skip


@pytest.mark.parametrize("number", ["4111111111111111", "4111 1111 1111 1111", "5528-7900-0000-0008"])
@pytest.mark.parametrize(
    ("url", "body"), [(PATH, CARD), (PATH, with_bank()), (OLD_PATH, OLD_CARD)], ids=["card", "bank", "old"]
)
def test_a_card_number_in_any_field_is_nowhere_stored_and_nowhere_logged(site, caplog, url, body, number):
    body = {"BillingSystemPaymentMethodId": "x", "PaymentGatewayCustomerId": "x", **body}
    caplog.set_level(0)
    for path in paths_of(body):
        answer = site.post(url, put(body, path, number), format="json")
        kept = url == PATH or path[-1] in KEPT_OF_OLD
        assert answer.status_code == 400 or not kept, path
        assert number not in answer.content.decode()
    digits = number.replace(" ", "").replace("-", "")
    for text in (everything(), caplog.text):
        assert number not in text
        assert digits not in text


def test_numbers_and_tokens_are_in_clear_nowhere_and_read_as_their_last_four(site, caplog):
    caplog.set_level(0)
    body = {**with_bank(BankAccountNumber="987650123456"), "PaymentGatewayToken": "ASFWE234234"}
    key = site.post(PATH, body, format="json").json()["Result"]["PaymentMethodId"]
    for url in (f"{PATH}/{key}", f"/Billing/20/PaymentMethods/{key}"):
        text = site.get(url).content.decode()
        assert '"********3456"' in text
        assert '"********4234"' in text
        for clear in ("987650123456", "3456324", "ASFWE234234"):
            assert clear not in text
    for text in (everything(), caplog.text):
        for clear in ("987650123456", "3456324", "ASFWE234234"):
            assert clear not in text


# --- who calls ---


def test_headers_are_judged_in_the_contracts_order(world):
    """Each request is wrong in everything that is judged later, too."""
    order = [
        ("Authorization", "Authorization is missing."),
        ("X-SourceSystem", "X-SourceSystem is missing."),
        ("X-MediaGroupCode", "X-MediaGroupCode is missing."),
        ("X-ClientCode", "X-ClientCode is missing."),
        ("X-PaperCode", "X-PaperCode is missing."),
    ]
    headers = {}
    for name, message in order:
        answer = APIClient(headers=headers).post(PATH, {}, format="json")
        assert (answer.status_code, answer.json()) == (400, {"error": message})
        headers[name] = "wrong"
    client = APIClient(headers=headers)
    assert client.post(PATH, {}, format="json").json() == {"error": "Invalid Source System."}
    client = APIClient(headers={**headers, "X-SourceSystem": "SITE"})
    assert client.post(PATH, {}, format="json").json() == {"error": "Invalid authorization."}
    headers = {**headers, "X-SourceSystem": "SITE", "Authorization": f"bearer {token_of('Finance')}"}
    assert error_of(APIClient(headers=headers).post(PATH, {}, format="json")) == INVALID


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_bearer_in_any_case(world, scheme):
    client = world.client(Authorization=f"{scheme} {token_of('Operator')}")
    assert client.post(PATH, CARD, format="json").status_code == 200


@pytest.mark.parametrize("role", [None, "Auditor"])
def test_a_user_who_may_not_add_is_not_authorized(world, role):
    client = world.client(Authorization=f"Bearer {token_of(role)}")
    answer = client.post(PATH, CARD, format="json")
    assert (answer.status_code, answer.json()) == (401, {"error": "Invalid authorization."})


@pytest.mark.parametrize("token", ["x", "", "Bearer", "Bearer ÿ", "Token x.y.z", "Bearer a b"])
def test_a_bad_token_is_not_authorized(world, token):
    answer = world.client(Authorization=token or " x").get(f"{PATH}/1")
    assert (answer.status_code, answer.json()) == (401, {"error": "Invalid authorization."})


def test_an_inactive_source_system_and_an_inactive_paper_are_unknown(world):
    SourceSystemFactory(code="GONE", is_active=False)
    answer = world.client(X_SourceSystem="GONE").post(PATH, CARD, format="json")
    assert answer.json() == {"error": "Invalid Source System."}
    Tenant.objects.update(is_active=False)
    assert error_of(world.client().post(PATH, CARD, format="json")) == (400, 500, "Billing_02")


def test_another_tenants_subscription_and_methods_are_not_found(world):
    other = TenantFactory(paper_code="OTHER")
    mine = world.client().post(PATH, CARD, format="json").json()["Result"]["PaymentMethodId"]
    client = world.client(X_PaperCode="OTHER")
    assert error_of(client.post(PATH, CARD, format="json")) == (400, 400, "Billing_01")
    assert error_of(client.get(f"{PATH}/{mine}")) == (404, 404, "Payments_05")
    assert error_of(client.get(f"/Billing/20/PaymentMethods/{mine}")) == (400, 400, "Billing_01")
    SubscriptionFactory(account=world.account, number=30, tenant=other)  # a reader of both papers
    assert error_of(client.get(f"{PATH}/{mine}")) == (404, 404, "Payments_05")
    assert error_of(client.get(f"/Billing/30/PaymentMethods/{mine}")) == (404, 404, "Payments_05")


def test_a_method_of_no_subscription_is_its_whole_accounts(world):
    method = PaymentMethodFactory(account=world.account)
    assert world.client().get(f"{PATH}/{method.pk}").status_code == 200
    TenantFactory(paper_code="OTHER")
    assert world.client(X_PaperCode="OTHER").get(f"{PATH}/{method.pk}").status_code == 404
    stranger = PaymentMethodFactory(account=AccountFactory())
    assert world.client().get(f"{PATH}/{stranger.pk}").status_code == 404


def test_an_address_of_another_account_is_not_found(site):
    BillingAddressFactory(number=7)
    assert error_of(site.post(PATH, {**CARD, "BillingAddressId": 7}, format="json")) == (
        400,
        400,
        "Billing_03",
    )


# --- what fails inside ---


@pytest.mark.parametrize("configuration", [None, "text", ["list"], {"payment_gateway": "nobody"}])
def test_a_configuration_that_is_missing_or_unreadable(site, configuration):
    Tenant.objects.update(configuration=configuration)
    answer = site.post(PATH, CARD, format="json")
    assert error_of(answer) == (400, 500, "Billing_02")
    assert answer.json()["Errors"][0]["Message"] == "Error getting newspaper configuration settings."
    assert not MethodEvent.objects.exists()


@pytest.mark.parametrize("table", ["billing_methodevent", "billing_methodeventstep"])
def test_without_an_event_nothing_is_written(site, table):
    refuse(table, "INSERT")
    answer = site.post(PATH, CARD, format="json")
    assert error_of(answer) == (400, 500, "Billing_04")
    assert answer.json()["Errors"][0]["Type"] == {"Id": 1, "Code": "NotProcessingAllowed"}
    assert answer.json()["Errors"][0]["Message"] == "Failed to create ADDPAYMENTMETHOD Event."
    assert not MethodEvent.objects.exists()
    assert not PaymentMethod.objects.exists()


def test_an_event_that_is_not_closed_is_closed_later(site, monkeypatch):
    refuse("billing_methodevent", "UPDATE")
    answer = site.post(PATH, CARD, format="json")
    assert error_of(answer) == (400, 500, "Billing_05")
    assert answer.json()["Errors"][0]["Message"] == "Failed to update ADDPAYMENTMETHOD Event."
    event, method = MethodEvent.objects.get(), PaymentMethod.objects.get()
    assert event.status == "created"
    assert trace(event) == ["created", "saved", "close_failed"]
    allow("billing_methodevent")
    assert close_abandoned_events() == 0  # a request may still be at it
    monkeypatch.setattr(add_method, "ABANDONED_AFTER", timedelta(0))
    assert close_abandoned_events() == 1
    event.refresh_from_db()
    assert (event.status, event.payment_method, event.attempts) == ("done", method, 1)
    assert trace(event) == ["created", "saved", "close_failed", "closed"]


def test_a_method_that_is_not_saved_leaves_an_event_that_tells(site):
    refuse("billing_paymentmethod", "INSERT")
    answer = site.post(PATH, CARD, format="json")
    assert error_of(answer) == (400, 400, "Billing_06")
    assert answer.json()["Errors"][0] == {
        "Message": "Failed when saving Payment Method to DB.",
        "Code": "Billing_06",
        "Type": {"Id": 0, "Code": "Validation"},
        "ErrorSource": None,
    }
    event = MethodEvent.objects.get()
    assert (event.status, event.payment_method) == ("failed", None)
    assert trace(event) == ["created", "save_failed"]
    assert not PaymentMethod.objects.exists()
    assert close_abandoned_events() == 0


def test_a_request_that_died_half_way_is_told_from_one_that_saved(site, world, monkeypatch):
    died = MethodEvent.objects.create(type="ADDPAYMENTMETHOD", subscription=world.subscription)
    MethodEvent.objects.filter(pk=died.pk).update(created_at=timezone.now() - timedelta(hours=1))
    assert close_abandoned_events() == 1
    died.refresh_from_db()
    assert (died.status, trace(died)) == ("failed", ["save_failed"])


def test_an_event_that_was_given_up_saves_nothing_any_more(site, world):
    """A request that sleeps between event and save wakes up after the event was closed as failed."""

    def give_up(execute, sql, *arguments):
        if "billing_methodevent" in sql and "FOR NO KEY UPDATE" in sql:
            MethodEvent.objects.update(status="failed")
        return execute(sql, *arguments)

    new = add_method.NewMethod(
        subscription=world.subscription,
        source_system=world.source_system,
        fields={"kind": 9, "holder_name": "Clark Kent"},
    )
    with connection.execute_wrapper(give_up), pytest.raises(MethodNotSavedError):
        add_method.add_method(new)
    assert MethodEvent.objects.exists()
    assert not PaymentMethod.objects.exists()


def test_what_nobody_foresaw_is_an_answer_of_the_contract(site, caplog):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE billing_sourcesystem RENAME TO gone")
    answer = site.post(PATH, CARD, format="json")
    assert answer.status_code == 500
    assert answer.json() == {"error": "Something went wrong. Please try again later."}
    assert "Unexpected" in caplog.text


def test_adding_takes_a_fixed_number_of_statements(site, django_assert_max_num_queries):
    site.post(PATH, CARD, format="json")
    with django_assert_max_num_queries(45):
        site.post(PATH, CARD, format="json")
    with django_assert_max_num_queries(12):
        site.get(f"{PATH}/{PaymentMethod.objects.last().pk}")
