"""Clients that are generated from our documents, in Python and TypeScript, against the running program.

Of each contract: every list, one creation, one payment (where there are payments), one error.
"""

import importlib
import sys
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from config.api_documents import PARTS, document_of
from config.kit.api.documents import operations
from tests.support import clients
from tests.support.sandbox import running_sandbox


@pytest.fixture(scope="module")
def sandbox():
    with running_sandbox() as found:
        yield found


@pytest.fixture(scope="module")
def generated(tmp_path_factory, sandbox):
    """The folder of the Python clients."""
    folder = tmp_path_factory.mktemp("clients")
    clients.write_documents(folder, PARTS, sandbox[0])
    complaints = {name: clients.generate_python(folder, name) for name in PARTS}
    assert complaints == dict.fromkeys(PARTS, "")
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


class Client:
    """The generated client of a contract: `call("banks", "banks_list")` is `client_native.api.banks.banks_list`."""

    def __init__(self, name: str, url: str, **kwargs) -> None:
        self.name = name
        module = importlib.import_module(f"client_{name}")
        kind = module.AuthenticatedClient if "token" in kwargs else module.Client
        self.open = partial(kind, base_url=url, timeout=httpx.Timeout(60), **kwargs)
        self.models = importlib.import_module(f"client_{name}.models")

    def call(self, tag: str, operation: str, *args, **kwargs):
        """Status and parsed body."""
        module = importlib.import_module(f"client_{self.name}.api.{tag}.{operation}")
        with self.open() as client:
            answer = module.sync_detailed(*args, client=client, **kwargs)
        return int(answer.status_code), answer.parsed

    def body(self, model: str, values):
        return getattr(self.models, model).from_dict(values)


@pytest.fixture(scope="module")
def native(sandbox, generated):
    url, keys = sandbox
    return Client("native", url, token=keys["native"]["token"], prefix="Token")


@pytest.fixture(scope="module")
def bimetri(sandbox, generated):
    url, keys = sandbox
    shop = keys["bimetri"]
    visitor = Client("bimetri", url)
    body = visitor.body("BimetriLoginRequest", {key: shop[key] for key in ("screenName", "password")})
    status, answer = visitor.call("bimetri", "bimetri_login", body=body)
    assert status == 200
    return Client("bimetri", url, token=answer.token)


def card_payment(**change):
    return {
        "CardExpireMonth": "02", "CardExpireYear": "2040", "CardNumber": "4111111111111111", "Cvc": "326",
        "CardOwnerName": "Ali Veli", "Installment": 1, "bill": [54321], "phoneNumber": "5321234567",
        "subscriptionId": 458752, "threeD": 0, **change,
    }  # fmt: skip


def lists_of(name):
    """Tag and operation of every list: what needs a parameter is a question (`commission_plans/cost/`)."""
    for path, method, operation in operations(document_of(name)):
        asks = any(
            each.get("in") == "query" and each.get("required") for each in operation.get("parameters", ())
        )
        is_list = operation["operationId"].endswith("_list") and not path.endswith("}/") and not asks
        if method == "get" and is_list:
            yield path, operation["tags"][0], operation["operationId"]


def test_bimetri(bimetri, sandbox):
    shop = sandbox[1]["bimetri"]
    asked = {key: shop[key] for key in ("organizationId", "subscriptionId")}
    status, bills = bimetri.call(
        "bimetri",
        "bimetri_list_bills",
        body=bimetri.body("BimetriBillQueryRequest", asked),
        organization_id=shop["organizationId"],
    )
    assert status == 200
    assert {bill.bill_no for bill in bills} == {"54321", "123123"}
    body = bimetri.body("BimetriAddPaymentRequest", card_payment())
    status, paid = bimetri.call("bimetri", "add_payment_using_post", body=body)
    assert (status, paid.message) == (200, "Payment Success")
    status, refused = bimetri.call("bimetri", "add_payment_using_post", body=body)
    assert (status, refused.error) == (400, "BillAlreadyPaidException")


def test_native(native, bimetri):
    lists = list(lists_of("native"))
    assert len(lists) >= 19
    for path, tag, operation in lists:
        if "{id}" not in path:
            status, page = native.call(tag, operation)
            assert status == 200, path
            assert isinstance(page.results, list), path
    channel = native.call("channels", "channels_list")[1].results[0].pk
    body = native.body("BankRequest", {"name": "Python Bank", "slug": "python-bank", "channel": channel})
    status, bank = native.call("banks", "banks_create", body=body)
    assert (status, bank.slug) == (201, "python-bank")
    status, refused = native.call("banks", "banks_create", body=body)
    assert (status, list(refused.additional_properties)) == (400, ["non_field_errors"])
    status, pos = native.call("pos", "pos_retrieve", native.call("pos", "pos_list")[1].results[0].pk)
    assert (status, type(pos).__name__) == (200, "PosGpay")
    captured = native.models.PaymentsListStatus.CAPTURED
    payments = native.call("payments", "payments_list", status=captured)[1].results
    reason = native.body("RefundRequestRequest", {"reason": "Python"})
    status, refund = native.call("payments", "payments_refund_create", payments[0].pk, body=reason)
    assert status in (200, 202)
    assert refund.payment == payments[0].pk


def test_naviga(sandbox, generated):
    url, keys = sandbox
    site = keys["naviga"]
    headers = {
        "x_source_system": site["X-SourceSystem"],
        "x_media_group_code": site["X-MediaGroupCode"],
        "x_client_code": site["X-ClientCode"],
        "x_paper_code": site["X-PaperCode"],
    }
    client = Client("naviga", url, token=site["token"])
    card = {
        "CreditCardType": 2, "CreditCardNumber": "4111********1111", "CreditCardExpirationYear": "2040",
        "CreditCardExpirationMonth": "06",
    }  # fmt: skip
    body = {"SubscriptionId": 20, "HolderName": "Name", "CreditCard": card, "PaymentGatewayToken": "python"}
    wanted = client.body("NavigaPaymentMethodRequest", body)
    status, added = client.call("naviga", "naviga_add_payment_method", body=wanted, **headers)
    assert status == 200
    key = added.result.payment_method_id
    status, found = client.call("naviga", "naviga_get_payment_method", key, **headers)
    assert (status, found.result.holder_name) == (200, "Name")
    status, missing = client.call("naviga", "naviga_get_payment_method", 999_999_999, **headers)
    assert (status, missing.errors[0].code) == (404, "Payments_05")


def test_paywall(sandbox, generated):
    url, keys = sandbox
    client = Client("paywall", url, headers=keys["paywall"] | {"locale": "en-US"})
    card = {
        "Nickname": "card", "HolderName": "Test Kartı", "CardBin": "41197901", "CardLastFour": "6389",
        "Identity": "17654932298", "Month": 11, "Year": 2040,
    }  # fmt: skip
    body = client.body("PaywallSaveRequest", {"RelationalId1": "python", "Card": card})
    status, saved = client.call("paywall", "paywall_save", body=body)
    assert (status, saved.body.card_last_four) == (200, "6389")
    status, listed = client.call("paywall", "paywall_list", relationalid1="python")
    assert (status, [card.unique_code for card in listed.body]) == (200, [saved.body.unique_code])
    expired = client.body("PaywallSaveRequest", {"RelationalId1": "python", "Card": card | {"Year": 2020}})
    status, refused = client.call("paywall", "paywall_save", body=expired)
    assert (status, refused.error_code) == (400, 106)


@pytest.fixture(scope="module")
def oauth_token(sandbox):
    url, keys = sandbox
    form = {
        "grant_type": "client_credentials",
        **{key: keys["tmf"][key] for key in ("client_id", "client_secret")},
    }
    return httpx.post(f"{url}/oauth/token", data=form, timeout=60, trust_env=False).json()["access_token"]


def payment_body(account: str):
    return {
        "account": {"id": account},
        "paymentMethod": {"id": "Test123XYZ", "@type": "PaymentMethodRef", "@referredType": "bankCard"},
        "totalAmount": {"unit": "USD", "value": 10},
    }


@pytest.mark.parametrize("base", [path for path, _text in PARTS["tmf676"].bases])
def test_tmf676(sandbox, generated, oauth_token, base):
    client = Client("tmf676", f"{sandbox[0]}{base}", token=oauth_token)
    body = client.body("TmfPaymentCreate", payment_body("84808"))
    status, paid = client.call("payment", "create_payment", body=body)
    assert (status, paid.status.value) == (201, "captured")
    assert urlsplit(paid.href).path.startswith(base)
    for tag, operation in (("payment", "list_payment"), ("refund", "list_refund")):
        status, rows = client.call(tag, operation)
        assert status == 200
        assert all(row.id for row in rows)
    status, found = client.call("payment", "retrieve_payment", paid.id)
    assert (status, found.id) == (200, paid.id)
    unknown = client.body("TmfPaymentCreate", payment_body("nobody"))
    status, refused = client.call("payment", "create_payment", body=unknown)
    assert (status, refused.code) == (400, "24")


@pytest.mark.parametrize("base", [path for path, _text in PARTS["tmf670"].bases])
def test_tmf670(sandbox, generated, oauth_token, base):
    client = Client("tmf670", f"{sandbox[0]}{base}", token=oauth_token)
    body = client.body("TmfCashCreate", {"@type": "Cash", "name": "Till"})
    status, made = client.call("payment_method", "create_payment_method", body=body)
    assert (status, made.type_) == (201, "Cash")
    status, rows = client.call("payment_method", "list_payment_method")
    assert status == 200
    assert made.id in {row.id for row in rows}
    status, own = client.call("payment_method", "list_account_payment_method", "84808")
    assert (status, [row.id for row in own]) == (200, ["Test123XYZ"])
    status, missing = client.call("payment_method", "retrieve_payment_method", "nothing")
    assert (status, missing.code) == (404, "60")


def test_typescript(sandbox):
    folder: Path | None = clients.install_typescript()
    if folder is None:
        pytest.skip("needs node, npm and, the first time, the npm registry")
    url, keys = sandbox
    clients.write_documents(folder, PARTS, url)
    for name in PARTS:
        clients.generate_typescript(folder, name)
    clients.compile_typescript(folder)
    lists = [path for path, _tag, _operation in lists_of("native") if "{id}" not in path]
    seen = clients.run_typescript(folder, {"url": url, "keys": keys, "lists": lists})
    refused = {"create bank again": 400, "pay again": 400, "unknown payment method": 404, "expired card": 400}
    refused |= {"unknown account": 400, "unknown method": 404}
    assert {name: status for name, status in seen.items() if status not in (200, 201, 202, 206)} == refused
    assert set(lists) <= set(seen)
