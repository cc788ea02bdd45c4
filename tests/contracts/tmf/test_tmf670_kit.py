"""What TM Forum's own kit for TMF670 asks, played by hand on every base; and each type of the swagger.

The kit names no account in its body, and looks at every row of the list: also at those that other doors added.
"""

import json
import os
from pathlib import Path
from urllib.parse import quote

import jsonschema
import pytest

from billing.models import PaymentMethod
from tests.contracts.tmf.test_swagger import FORMATS, without_nulls
from tests.support.factories import AccountFactory, PaymentMethodFactory

BASES = (
    "/brm/paymentMethods/v1", "/brm/payment/v4", "/payment/v4", "/tmf-api/paymentManagement/v4",
    "/tmf-api/paymentMethod/v4", "/tmf-api/paymentMethodManagement/v4",
)  # fmt: skip
PAYLOAD = {
    "name": "HSV", "@type": "BankAccountDebit", "accountNumber": "KW81CBKU0000000000001234560101", "owner": "HSV",
    "bank": "AIB",
}  # fmt: skip
DATE = "2035-05-31T00:00:00Z"
OF_TYPE = {
    "BankAccountDebit": ("accountNumber", "owner", "bank"),
    "BankAccountTransfer": ("accountNumber", "owner", "bank"),
    "BankCard": ("cardNumber", "brand", "expirationDate", "nameOnCard"),
    "Check": ("drawer", "payee", "signedDate", "bank"),
    "DigitalWallet": ("service", "walletId", "walletUrl"),
    "DirectDebit": (
        "mandateId", "mandateType", "accountNumber", "firstDebitDate", "lastDebitDate", "owner", "bank",
    ),
    "TokenizedCard": ("cardNumber", "brand", "expirationDate", "lastFourDigits"),
    "Voucher": ("code", "value", "expirationDate"),
}  # fmt: skip
MINIMAL = {
    "BankCard": {
        "cardNumber": "411111******1111", "brand": "Visa", "expirationDate": DATE, "nameOnCard": "Mary Irwin",
    },
    "TokenizedCard": {"lastFourDigits": "1111", "expirationDate": DATE},
    "BankAccountDebit": {"accountNumber": "KW81CBKU0000000000001234560101", "owner": "HSV", "bank": "AIB"},
    "BankAccountTransfer": {"accountNumber": "TR330006100519786457841326", "owner": "HSV", "bank": "AIB"},
    "DirectDebit": {
        "mandateType": "recurring", "accountNumber": "TR330006100519786457841326", "firstDebitDate": DATE,
        "owner": "HSV", "bank": "AIB",
    },
    "DigitalWallet": {"service": "PayPal", "walletId": "mary@example.com", "walletUrl": "//paypal.me/mary"},
    "Voucher": {"code": "SUMMER-2035-XYZ", "value": {"amount": 10.10, "units": "EUR"}, "expirationDate": DATE},
    "Check": {"checkId": "4711", "drawer": "Mary", "payee": "HSV", "signedDate": DATE, "bank": "AIB"},
    "Cash": {}, "BucketPaymentMethod": {}, "AccountPaymentMethod": {}, "LoyaltyPaymentMethod": {}, "PaymentMethod": {},
}  # fmt: skip


def whole(kind: str, **more) -> dict:
    return {"@type": kind, "name": f"A {kind}", **MINIMAL[kind], **more}


def check_row(row: dict) -> None:
    for name in ("@type", "name", "id", "status", "statusDate"):
        assert isinstance(row[name], str), (name, row)
    for name in OF_TYPE.get(row["@type"], ()):
        assert isinstance(row[name], dict if name == "value" else str), (name, row)


def listed_rows(api, path: str) -> list:
    """Read to the end: lists are streamed."""
    answer = api.get(path)
    assert answer.status_code == 200, answer.getvalue()
    return json.loads(answer.getvalue())


@pytest.fixture
def rows_of_other_doors(db):
    account = AccountFactory()
    bank = {
        "kind": 2,
        "masked_card": "",
        "brand": "",
        "expiry_month": None,
        "expiry_year": None,
        "gateway": "",
    }
    PaymentMethodFactory(account=account)
    PaymentMethodFactory(account=account, brand="", expiry_year=2012)
    PaymentMethodFactory(account=account, **bank, bank_account_number="123456")
    PaymentMethodFactory(account=account, **bank, bank_account_number="123456", bank_name="AIB")
    for kind in (3, 4, 5, 12, 13, 14):
        PaymentMethodFactory(account=account, **{**bank, "kind": kind})


@pytest.mark.parametrize("base", BASES)
def test_the_kit(rows_of_other_doors, api, base):
    made = api.post(f"{base}/paymentMethod", PAYLOAD)
    assert made.status_code == 201, made.getvalue()
    first = made.json()
    check_row(first)
    assert made["Location"] == first["href"]
    for kind in MINIMAL:
        assert api.post(f"{base}/paymentMethod", whole(kind)).status_code == 201
    rows = listed_rows(api, f"{base}/paymentMethod")
    assert len(rows) == 11 + len(MINIMAL)
    for row in rows:
        check_row(row)
    assert {row["@type"] for row in rows} == set(MINIMAL)
    read = api.get(f"{base}/paymentMethod/{first['id']}")
    assert (read.status_code, read.json()) == (200, first)
    assert api.get(made["Location"]).status_code == 200
    assert api.get(f"{base}/paymentMethod/unknown").status_code == 404
    for name in ("name", "status", "statusDate"):
        assert set(listed_rows(api, f"{base}/paymentMethod?fields={name}")[0]) == {"id", "href", name}
        for value in (first[name], quote(first[name])):
            rows = listed_rows(api, f"{base}/paymentMethod?{name}={value}")
            assert first["id"] in [row["id"] for row in rows]
            for row in rows:
                check_row(row)


@pytest.mark.parametrize("kind", MINIMAL)
def test_each_type_is_answered_as_it_was_sent(db, api, kind):
    sent = whole(
        kind, description="Mine", authorizationCode="1234567890", status="Active", statusReason="New"
    )
    made = api.post("/tmf-api/paymentMethod/v4/paymentMethod", sent)
    assert made.status_code == 201, made.getvalue()
    row = made.json()
    secret = {"accountNumber", "code"}
    for name, value in sent.items():
        assert name in secret or row[name] == value, name
        assert name not in secret or row[name] == "********" + value[-4:]
    assert row["account"] is None
    assert not PaymentMethod.objects.get().is_default


def test_a_type_is_read_in_any_case_of_letters(db, api):
    made = api.post("/tmf-api/paymentMethod/v4/paymentMethod", whole("BankCard") | {"@type": "bankCard"})
    assert made.json()["@type"] == "BankCard"


FOLDER = os.environ.get("TMF670_SWAGGERS", "")
FILES = sorted(Path(FOLDER).glob("*swagger.json")) if FOLDER else []


@pytest.mark.skipif(not FILES, reason="TMF670_SWAGGERS names no folder of swagger files")
@pytest.mark.parametrize("kind", [kind for kind in MINIMAL if not kind.endswith("PaymentMethod")])
def test_every_type_fits_both_swaggers(telco, api, kind):
    sent = whole(kind, account=[{"id": telco.account_id}])
    row = json.loads(api.post("/tmf-api/paymentMethod/v4/paymentMethod", sent).getvalue())
    for file in FILES:
        definitions = json.loads(file.read_text(encoding="utf-8"))["definitions"]
        # its words are written bankCard, its definitions and the kit say BankCard
        definitions["PaymentMethod"]["properties"]["@type"].pop("enum", None)
        schema = {**definitions[kind], "definitions": definitions}
        jsonschema.Draft4Validator(schema, format_checker=FORMATS).validate(without_nulls(row))
