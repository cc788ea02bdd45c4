"""Payment methods beyond the kit: rules of the types, rights, accounts, changes, removing, lists."""

import json
import re
import threading
from datetime import timedelta
from urllib.parse import quote

import jsonschema
import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from rest_framework.test import APIClient

from billing.contracts.tmf.auth import Client
from billing.contracts.tmf.tmf630.query import parse_query
from billing.contracts.tmf.tmf630.resource import apply_query
from billing.contracts.tmf.tmf670.queries import PAYMENT_METHOD, listed_methods
from billing.models import Payment, PaymentMethod
from config.kit.contracts.credentials import issue_token
from config.kit.identity.access import Reach
from config.kit.identity.models import Access, Contract
from tests.conftest import client_of
from tests.contracts.tmf.conftest import BRM, add_method, make_telco, telco_client
from tests.contracts.tmf.test_tmf670_kit import DATE, MINIMAL, PAYLOAD, listed_rows, whole
from tests.support.dump import everything
from tests.support.factories import PaymentMethodFactory, UserFactory
from tests.support.many import KEYS, copy_rows

BASE = "/tmf-api/paymentMethod/v4"
PATH = f"{BASE}/paymentMethod"
PAN = "4111111111111111"
TOKENIZED = whole("TokenizedCard", token="tok_of_mary_irwin", issuer="dummypay")


def add(api, body=PAYLOAD, **more) -> dict:
    answer = api.post(PATH, {**body, **more})
    assert answer.status_code == 201, answer.getvalue()
    return json.loads(answer.getvalue())


def permission(codename: str) -> Permission:
    return Permission.objects.get(codename=codename, content_type__app_label="billing")


def refused(answer) -> str:
    assert answer.status_code == 400, answer.getvalue()
    assert answer.json()["@type"] == "Error"
    return answer.json()["message"]


@pytest.mark.parametrize("kind", [kind for kind in MINIMAL if MINIMAL[kind]])
def test_every_missing_attribute_is_named_at_once(db, api, kind):
    message = refused(api.post(PATH, {"@type": kind}))
    for name in ("name", *MINIMAL[kind]):
        assert f"{name}: A value is expected." in message
    nulls = dict.fromkeys(MINIMAL[kind])
    assert refused(api.post(PATH, {"@type": kind, "name": None, **nulls})) == message
    wrong = refused(api.post(PATH, {"@type": kind, "name": "x", **{name: [1] for name in MINIMAL[kind]}}))
    for name in MINIMAL[kind]:
        assert f"{name}: " in wrong
    assert not PaymentMethod.objects.exists()


@pytest.mark.parametrize("kind", ["Gold", "", 1, None])
def test_an_unknown_type_is_refused_with_those_that_there_are(db, api, kind):
    message = refused(api.post(PATH, {**PAYLOAD, "@type": kind}))
    assert message.startswith("@type: One of BankCard, TokenizedCard, ")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (whole("BankCard", cardNumber=PAN), "cardNumber"),
        (whole("BankCard", cardNumber="4111 1111 1111 1111"), "cardNumber"),
        (whole("BankCard", cardNumber="1234567890123456"), "cardNumber"),
        (whole("BankCard", name=f"card {PAN}"), "name"),
        (whole("BankCard", expirationDate="soon"), "expirationDate"),
        (whole("BankCard", expirationDate="2199-01-01T00:00:00Z"), "expirationDate"),
        (whole("BankCard", lastFourDigits="2222"), "lastFourDigits"),
        (whole("TokenizedCard", lastFourDigits="11"), "lastFourDigits"),
        (whole("TokenizedCard", token=PAN), "token"),
        (whole("BankAccountDebit", accountNumber=PAN), "accountNumber"),
        (whole("BankAccountDebit", accountNumber="********0101"), "accountNumber"),
        (whole("Voucher", code="x" * 513), "code"),
        (whole("Voucher", value={"amount": "NaN"}), "value.amount"),
        (whole("Voucher", value={"units": "EUR"}), "value"),
        (whole("Cash", isPreferred="perhaps"), "isPreferred"),
        (whole("Cash", validFor={"startDateTime": DATE, "endDateTime": "2030-01-01T00:00:00Z"}), "validFor"),
        (whole("Cash", relatedParty={"name": "Mary"}), "relatedParty"),
        (whole("Cash", account=[{"id": "nobody"}]), "account.id"),
        (whole("Cash", account=[{"id": "1"}, {"id": "2"}]), "account"),
        (whole("Cash", account={"id": "1"}), "account"),
        (whole("Cash", status=""), "status"),
    ],
)
def test_a_faulty_attribute_is_named_and_nothing_is_stored(db, api, body, named):
    message = refused(api.post(PATH, body))
    assert named in message.partition(":")[0]
    assert PAN not in message
    assert not PaymentMethod.objects.exists()
    assert PAN not in everything()


def test_secrets_are_in_clear_nowhere_and_the_security_code_is_not_read(db, api):
    add(api, TOKENIZED)
    add(api, whole("Voucher"))
    add(api)
    card = add(api, whole("BankCard", cvv="987", lastFourDigits="1111"))
    assert "cvv" not in card
    stored = everything()
    for clear in ("tok_of_mary_irwin", "SUMMER-2035-XYZ", PAYLOAD["accountNumber"], '"987"'):
        assert clear not in stored
    listed = api.get(PATH).getvalue().decode()
    for clear in ("tok_of_mary_irwin", "SUMMER-2035-XYZ", PAYLOAD["accountNumber"], "987"):
        assert clear not in listed


def test_a_method_of_nobody_is_charged_when_it_was_given_an_account(telco, api):
    made = add(api, TOKENIZED)
    named = {"id": made["id"], "@type": "PaymentMethodRef", "@referredType": "x"}
    body = telco.sample(paymentMethod=named)
    for base in (BRM, "/tmf-api/paymentManagement/v4"):
        assert "paymentMethod.id" in refused(api.post(f"{base}/payment", body))
    given = api.patch(f"{PATH}/{made['id']}", {"account": [{"id": telco.account_id}]})
    assert given.status_code == 200, given.getvalue()
    assert given.json()["account"][0]["id"] == telco.account_id
    assert given.json()["isPreferred"] is False  # the account has one already
    paid = api.post("/tmf-api/paymentManagement/v4/payment", body)
    assert paid.status_code == 201, paid.getvalue()
    assert Payment.objects.get().payment_method_id == PaymentMethod.objects.latest("pk").pk
    other = make_telco(first_number=900)
    for change in ([{"id": other.account_id}], []):
        assert "account" in refused(api.patch(f"{PATH}/{made['id']}", {"account": change})).lower()
    assert api.patch(f"{PATH}/{made['id']}", {"account": None}).json()["account"]


def test_the_preferred_method_becomes_the_accounts_own_if_it_can_be_charged(telco, api):
    account = [{"id": telco.account_id}]
    bank = add(api, account=account, isPreferred=True)
    telco.method.refresh_from_db()
    assert (bank["isPreferred"], telco.method.is_default) == (True, True)
    card = add(api, TOKENIZED, account=account, isPreferred="True")
    telco.method.refresh_from_db()
    assert (card["isPreferred"], telco.method.is_default) == (True, False)
    assert api.get(f"{PATH}/{bank['id']}").json()["isPreferred"] is False
    off = api.patch(f"{PATH}/{card['id']}", {"isPreferred": False}).json()
    assert off["isPreferred"] is False
    later = add(api, TOKENIZED, isPreferred=True)
    assert api.patch(f"{PATH}/{later['id']}", {"account": account}).json()["isPreferred"] is True
    assert PaymentMethod.objects.get(is_default=True).pk == int(later["id"].rpartition("+")[2])


def test_a_good_card_that_is_named_is_charged_whatever_else_is_stored(telco, api):
    add(api, account=[{"id": telco.account_id}], isPreferred=True)
    PaymentMethod.objects.filter(pk=telco.method.pk).update(expiry_year=2012)
    add_method(telco.account, external_id="Good", is_default=False)
    add_method(telco.account, external_id="Good", is_default=False, expiry_year=2012)
    named = {"id": "Good", "@type": "PaymentMethodRef", "@referredType": "x"}
    for base in (BRM, "/payment/v4", "/tmf-api/paymentManagement/v4"):
        made = api.post(f"{base}/payment", telco.sample(1, paymentMethod=named))
        assert (made.status_code, made.json()["paymentMethod"]["id"]) == (201, "Good"), made.getvalue()


def test_a_change_merges(db, api):
    made = add(api, whole("DirectDebit", BIC="AIBKIE2D", description="Old", reference="R1"))
    url = f"{PATH}/{made['id']}"
    changed = api.patch(url, {"name": "New", "owner": "Mary", "reference": "R2", "description": None})
    assert changed.status_code == 200, changed.getvalue()
    row = changed.json()
    assert (row["name"], row["owner"], row["reference"], row["BIC"]) == ("New", "Mary", "R2", "AIBKIE2D")
    assert (row["description"], row["accountNumber"]) == ("Old", made["accountNumber"])
    assert row["statusDate"] == made["statusDate"]
    again = api.patch(url, row)  # what was read can be sent back
    assert again.status_code == 200, again.getvalue()
    assert again.json() == row
    assert PaymentMethod.objects.get().bank_account_number == MINIMAL["DirectDebit"]["accountNumber"]
    assert "@type" in refused(api.patch(url, {"@type": "Cash"}))
    assert "owner" in refused(api.patch(url, {"owner": 5, "bank": []}))
    assert api.get(url).json() == row


def test_a_card_changes_as_a_whole_and_a_voucher_lasts_as_long_as_it_says(db, api):
    card = f"{PATH}/{add(api, whole('BankCard'))['id']}"
    assert "lastFourDigits" in refused(api.patch(card, {"lastFourDigits": "2222"}))
    renewed = api.patch(
        card, {"cardNumber": "5528********0008", "lastFourDigits": "0008", "brand": "MasterCard"}
    )
    assert (renewed.json()["lastFourDigits"], renewed.json()["brand"]) == ("0008", "MasterCard")
    assert PaymentMethod.objects.get().brand == "mastercard"
    later = api.patch(card, {"expirationDate": "2040-02-29T12:00:00+03:00"}).json()
    assert later["expirationDate"] == "2040-02-29T12:00:00+03:00"
    assert str(PaymentMethod.objects.get().expires_on) == "2040-02-29"
    voucher = f"{PATH}/{add(api, whole('Voucher'))['id']}"
    assert (
        api.patch(voucher, {"expirationDate": "2150-01-01"}).json()["expirationDate"]
        == "2150-01-01T00:00:00Z"
    )


def test_a_status_is_the_clients_word_and_stops_charges(telco, api):
    made = add(api, TOKENIZED, account=[{"id": telco.account_id}], status="Active")
    assert made["status"] == "Active"
    url = f"{PATH}/{made['id']}"
    row = api.patch(url, {"status": "Blocked", "statusReason": "Lost"}).json()
    assert (row["status"], row["statusReason"]) == ("Blocked", "Lost")
    assert row["statusDate"] > made["statusDate"]
    named = {"id": made["id"], "@type": "PaymentMethodRef", "@referredType": "x"}
    assert api.post("/payment/v4/payment", telco.sample(paymentMethod=named)).status_code == 400
    assert [item["id"] for item in listed_rows(api, f"{PATH}?status=Blocked")] == [made["id"]]
    assert api.patch(url, {"status": "active"}).json()["status"] == "active"
    assert api.post("/payment/v4/payment", telco.sample(paymentMethod=named)).status_code == 201


def test_removing(telco, api):
    made = add(api, TOKENIZED, account=[{"id": telco.account_id}], isPreferred=True)
    url, named = f"{PATH}/{made['id']}", {"id": made["id"], "@type": "PaymentMethodRef", "@referredType": "x"}
    paid = api.post("/payment/v4/payment", telco.sample(paymentMethod=named)).json()
    assert api.delete(url).status_code == 204
    for method in (api.get, api.patch, api.delete):
        assert method(url).status_code in (400, 404)
    assert api.patch(url, {"name": "x"}).status_code == 404
    assert made["id"] not in [row["id"] for row in listed_rows(api, PATH)]
    assert "paymentMethod.id" in refused(api.post("/payment/v4/payment", telco.sample(paymentMethod=named)))
    kept = json.loads(api.get(paid["href"]).getvalue())["paymentMethod"]
    assert (kept["id"], kept["name"]) == (made["id"], made["name"])
    stored = PaymentMethod.objects.get(pk=Payment.objects.get().payment_method_id)
    assert (stored.gateway_token, stored.is_default, stored.is_active) == (None, False, False)


def test_the_same_key_adds_one(db, api):
    first = api.post(PATH, PAYLOAD, headers={"Idempotency-Key": "k1"})
    again = api.post(PATH, dict(reversed(PAYLOAD.items())), headers={"Idempotency-Key": "k1"})
    assert (again.status_code, again.json(), again["Idempotent-Replayed"]) == (201, first.json(), "true")
    other = api.post(PATH, {**PAYLOAD, "name": "x"}, headers={"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (409, "payment_method_100_6")
    assert api.post(PATH, PAYLOAD).json()["id"] != first.json()["id"]
    bob = telco_client("bob").post(PATH, PAYLOAD, headers={"Idempotency-Key": "k1"})
    assert bob.json()["id"] != first.json()["id"]


def test_adding_changing_and_reading_are_rights_of_their_own(db, api):
    made = add(api)
    url = f"{PATH}/{made['id']}"

    def client(*names: str):
        user = UserFactory()
        user.user_permissions.set(permission(name) for name in names)
        return client_of(user)

    reader, adder, changer = (
        client("view_payment"),
        client("add_paymentmethod"),
        client("change_paymentmethod"),
    )
    assert [reader.get(url).status_code, adder.get(url).status_code, changer.get(url).status_code] == [
        200,
        403,
        403,
    ]
    posts = [user.post(PATH, PAYLOAD).status_code for user in (reader, adder, changer)]
    assert posts == [403, 201, 403]
    patches = [user.patch(url, {"name": "N"}).status_code for user in (reader, adder, changer)]
    assert patches == [403, 403, 200]
    assert [user.delete(url).status_code for user in (reader, adder, changer)] == [403, 403, 204]


def test_a_client_with_limits_sees_its_accounts_methods_and_its_own_of_nobody(telco):
    other = make_telco(first_number=900)
    alice, bob = UserFactory(is_superuser=False), UserFactory(is_superuser=False)
    for user in (alice, bob):
        names = ("view_payment", "add_paymentmethod", "change_paymentmethod")
        user.user_permissions.set(permission(name) for name in names)
        Access.objects.create(user=user, channels=[telco.channel.pk])
    alice, bob = client_of(alice), client_of(bob)
    made = add(alice, TOKENIZED)
    assert [row["id"] for row in listed_rows(alice, PATH)] == ["Test123XYZ", made["id"]]
    assert [row["id"] for row in listed_rows(bob, PATH)] == ["Test123XYZ"]
    assert bob.get(f"{PATH}/{made['id']}").status_code == 404
    assert bob.patch(f"{PATH}/{made['id']}", {"account": [{"id": telco.account_id}]}).status_code == 404
    assert "account" in refused(alice.patch(f"{PATH}/{made['id']}", {"account": [{"id": other.account_id}]}))
    given = alice.patch(f"{PATH}/{made['id']}", {"account": [{"id": telco.account_id}]})
    assert given.status_code == 200
    assert bob.get(f"{PATH}/{made['id']}").status_code == 200


def test_every_attribute_filters_and_sorts(telco, api):
    period = {"startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2034-01-01T00:00:00Z"}
    common = {
        "description": "Mine", "authorizationCode": "A1", "status": "Active", "statusReason": "New", "validFor": period,
        "relatedParty": {"id": "P1", "@referredType": "Individual", "name": "Mary", "role": "owner"},
        "relatedPlace": {"id": "L1", "name": "Home", "role": "billing"}, "@schemaLocation": "https://example.com/s",
        "account": [{"id": telco.account_id}],
    }  # fmt: skip
    optional = {
        "BankCard": {"cardType": "Credit", "bank": "AIB", "lastFourDigits": "1111"},
        "TokenizedCard": {
            "brand": "JCB", "cardType": "Debit", "tokenType": "emv", "token": "tok_12345678", "issuer": "Somebody",
            "countryOfIssue": "TR",
        },
        "BankAccountDebit": {"accountNumberType": "IBAN", "BIC": "AIBKIE2D"},
        "DirectDebit": {
            "mandateId": "M1", "mandateStatus": "Active", "mandateCategory": "core", "signature": "S", "reference": "R",
            "signatureDate": DATE, "mandateStatusDate": DATE, "lastDebitDate": DATE, "cancellationDate": DATE,
        },
        "Voucher": {"discount": "10 %", "campaign": "Summer"},
    }  # fmt: skip
    add_method(telco.account, external_id="Second", brand="", card_owner="", is_default=False)
    add_method(telco.account, kind=2, masked_card="", bank_name="AIB", bank_account_number="12345678")
    for kind in MINIMAL:
        add(api, whole(kind, **common, **optional.get(kind, {})))
    everything_listed = listed_rows(api, PATH)
    tried = set()
    for row in everything_listed:
        for name, value in row.items():
            for path, text in texts_of(name, value):
                found = listed_rows(api, f"{PATH}?{path}={quote(text)}")
                assert row["id"] in [one["id"] for one in found], (path, text)
                tried.add(path)
                listed_rows(api, f"{PATH}?sort=-{path}")
    assert len(tried) > 55


def texts_of(path, value):
    """Paths and texts of what can be filtered by: all but amounts, attachments and references' own types."""
    if isinstance(value, bool):
        yield path, str(value).lower()
    elif isinstance(value, str) and path not in ("@baseType",):
        yield path, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from texts_of(f"{path}.{name}", part)
    elif path == "account" and value:
        yield "account.id", value[0]["id"]
        yield "account.name", value[0]["name"]


@pytest.mark.parametrize(
    "query", ["colour=red", "sort=colour", "fields=colour", "isPreferred=perhaps", "statusDate=x"]
)
def test_what_no_attribute_is_is_refused(db, api, query):
    assert refused(api.get(f"{PATH}?{query}"))


def test_pages(db, api):
    ids = [add(api, name=f"N{index}")["id"] for index in range(5)]
    page = api.get(f"{PATH}?limit=2&offset=1&sort=-name&fields=name")
    assert (page.status_code, page["X-Total-Count"], page["X-Result-Count"]) == (206, "5", "2")
    assert [row["id"] for row in json.loads(page.getvalue())] == [ids[3], ids[2]]
    assert 'rel="next"' in page["Link"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("put", "paymentMethod/x", {"GET", "PATCH", "DELETE"}),
        ("post", "paymentMethod/x", {"GET", "PATCH", "DELETE"}),
        ("delete", "paymentMethod", {"GET", "POST"}),
        ("patch", "paymentMethod", {"GET", "POST"}),
        ("get", "hub", {"POST"}),
    ],
)
def test_what_is_not_offered_is_405(db, api, method, path, allowed):
    answer = getattr(api, method)(f"{BASE}/{path}", {})
    assert (answer.status_code, answer.json()["@type"]) == (405, "Error")
    assert allowed <= {name.strip() for name in answer["Allow"].split(",")}


@pytest.mark.parametrize("path", [BASE, "/tmf-api/paymentMethodManagement/v4"])
def test_an_unknown_path_below_the_new_bases_is_their_404(db, api, path):
    for name in ("payment", "refund", "x"):
        answer = api.get(f"{path}/{name}")
        assert (answer.status_code, answer.json()["@type"]) == (404, "Error")


def test_a_list_decrypts_nothing(db, api, settings, monkeypatch):
    PaymentMethodFactory()
    add(api)

    def fail(*_):
        raise AssertionError("decrypted")

    monkeypatch.setattr("config.kit.lib.encryption.unseal", fail)
    assert len(listed_rows(api, PATH)) == 2


def test_bearer_in_any_case_of_letters(db):

    token = issue_token(UserFactory(is_superuser=True), login=Contract.TMF, lifetime=timedelta(hours=1))
    for word in ("Bearer", "bearer", "BEARER"):
        client = APIClient(headers={"authorization": f"{word} {token}"})
        assert client.post(PATH, PAYLOAD, format="json").status_code == 201, word


def test_what_there_is_is_described_without_a_token(db):
    answer = APIClient().get(f"{PATH}/describe")
    assert answer.status_code == 200
    schema = json.loads(answer.content)
    jsonschema.Draft202012Validator.check_schema(schema)
    by_title = {one["title"]: one for one in schema["oneOf"]}
    assert set(by_title) == set(MINIMAL)
    for kind, attributes in MINIMAL.items():
        assert set(by_title[kind]["required"]) == {"@type", "name", *attributes}
        jsonschema.Draft202012Validator({**by_title[kind], "$defs": schema["$defs"]}).validate(whole(kind))
    assert {"name", "status", "statusDate", "@type", "walletId"} <= set(schema["x-filters"])


@pytest.mark.django_db(transaction=True)
def test_of_many_requests_with_one_key_one_adds():
    user, barrier, answers = UserFactory(is_superuser=True), threading.Barrier(6), []

    def post():
        barrier.wait(10)
        answers.append(client_of(user).post(PATH, PAYLOAD, headers={"Idempotency-Key": "k1"}))
        connection.close()

    threads = [threading.Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [answer.status_code for answer in answers] == [201] * 6
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer for answer in answers) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_give_one_method_an_account_do_not_share_it():
    first, second = make_telco(), make_telco(first_number=900)
    api, barrier = telco_client(), threading.Barrier(2)
    made, codes = add(api, TOKENIZED), []

    def give(account_id):
        barrier.wait(10)
        codes.append(
            client_of(User.objects.get())
            .patch(f"{PATH}/{made['id']}", {"account": [{"id": account_id}]})
            .status_code
        )
        connection.close()

    threads = [threading.Thread(target=give, args=(one.account_id,)) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(codes) == [200, 400]


@pytest.mark.parametrize(
    ("query", "column"),
    [
        ("name=Card 77", "shown_name"),
        ("statusDate=2026-01-01T00:00:00Z", "status_date"),
        ("account.id=0.0.0.1+-account+7", "account_id"),
    ],
)
def test_what_the_kit_asks_for_is_answered_by_an_index(db, query, column):
    method = PaymentMethodFactory(account=make_telco().account)
    copy_rows(method.account, 5_000, account_number="'N-' || n", name="'Customer ' || n")
    copy_rows(
        method,
        20_000,
        account_id=f"{KEYS} + 1 + n % 5000",
        shown_name="'Card ' || n",
        status_date="now() - n * interval '1 minute'",
    )
    plan = apply_query(
        listed_methods(Client("user:1", 1, Reach())), parse_query(query), PAYMENT_METHOD
    ).explain()
    assert re.search(rf"Index Cond: \(+{column}\b", plan), plan
