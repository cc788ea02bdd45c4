"""What every operable gateway owes its caller, whichever bank is behind it: the manual in `gateways/base.py`."""

import ast
import logging
import pickle
from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import httpx
import pytest

from payments.gateways import registry
from payments.gateways.base.errors import UnsupportedOperationError
from payments.gateways.types import (
    CallbackResult,
    Capability,
    OrderState,
    Outcome,
    Payer,
    Reason,
    References,
    StatusQuery,
    StoredCard,
    ThreeDProof,
)
from tests.payments.gateways.shops import BANKS, SHOPS, URLS, card, order

NAMES = sorted(gateway.short_name() for gateway in registry.GATEWAYS if gateway.is_operable)
REFERENCES = References(auth_code="1", host_reference="326", transaction_id="77", item_id="77-1")
PAN, CVC = "4111111111111111", "987"

every_gateway = pytest.mark.parametrize("name", NAMES)
every_bank = pytest.mark.parametrize("name", BANKS)


def gateway_behind(name, answer, **config):
    """A gateway whose bank answers with `answer(request)`."""
    return SHOPS[name].open(
        "https://bank.example", httpx.Client(transport=httpx.MockTransport(answer)), **config
    )


def silent(name, **config):
    def never(request):
        raise AssertionError("something was sent")

    return gateway_behind(name, never, **config)


def calls(gateway, ours):
    """Every operation that talks to the bank, by its name."""
    pay_card = replace(card(PAN), cvc=CVC)
    found = {
        "sale": lambda: gateway.sale(ours, pay_card),
        "void": lambda: gateway.void(ours, REFERENCES),
        "refund": lambda: gateway.refund(ours, REFERENCES, ours.amount),
        "partial_refund": lambda: gateway.refund(ours, REFERENCES, Decimal("1")),
        "completion": lambda: gateway.complete_three_d(ours, authenticated(ours)),
        "status": lambda: gateway.status(StatusQuery(order=ours)),
    }
    if gateway.can(Capability.STORED_CARD_SALE):
        found["stored_card_sale"] = lambda: gateway.sale_with_stored_card(ours, StoredCard("token", "user"))
    if gateway.short_name() == "iyzico":
        found["start_three_d"] = lambda: gateway.start_three_d(ours, pay_card, URLS)
    return found


def authenticated(ours):
    proof = ThreeDProof(md="approve", xid="xid", eci="05", cavv="cavv")
    return CallbackResult(
        outcome=Outcome.NEEDS_ACTION, provision_required=True, order_id=ours.id, proof=proof
    )


def test_every_operable_gateway_has_a_shop_here():
    assert set(NAMES) == set(SHOPS)


@every_gateway
def test_it_declares_what_it_can_and_how_it_writes_amounts(name):
    gateway = silent(name)
    assert gateway.capabilities >= {Capability.SALE, Capability.STATUS}
    assert gateway.amount_format is not None
    for module in ("gateway", "config", "messages", "signature", "codes"):
        import_module(f"payments.gateways.{name}.{module}")


@pytest.mark.parametrize("gateway", registry.GATEWAYS, ids=lambda each: each.short_name())
def test_an_operation_that_it_lacks_is_refused_before_anything_is_sent(gateway):
    name = gateway.short_name()
    lacks = silent(name) if name in SHOPS else gateway(replace(silent("nestpay").account), None)
    lacks.can = lambda capability: False
    with pytest.raises(UnsupportedOperationError):
        lacks.sale(order(), card())
    with pytest.raises(UnsupportedOperationError):
        lacks.start_three_d(order(), card(), URLS)
    with pytest.raises(UnsupportedOperationError):
        lacks.status(StatusQuery(order=order()))


@pytest.mark.parametrize("gateway", [each for each in registry.GATEWAYS if not each.is_operable])
def test_a_gateway_that_is_not_operable_charges_nothing(gateway):
    with pytest.raises(UnsupportedOperationError):
        gateway(silent("nestpay").account, None).sale(order(), card())


@every_gateway
@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": Decimal("0")},
        {"amount": Decimal("-1")},
        {"amount": Decimal("1.001")},
        {"currency": "XXX"},
        {"currency": "BTC"},
        {"installments": 0},
        {"installments": 100},
        {"id": ""},
        {"id": "A" * 65},
        {"id": "a b"},
        {"id": "<x/>"},
        {"id": "İ1"},
    ],
    ids=str,
)
def test_the_callers_mistakes_are_refused_before_anything_is_sent(name, wrong):
    gateway, ours = silent(name), order(**wrong)
    with pytest.raises(ValueError, match=r".+"):
        gateway.sale(ours, card(PAN))
    with pytest.raises(ValueError, match=r".+"):
        gateway.start_three_d(ours, card(PAN), URLS)


@every_gateway
@pytest.mark.parametrize("amount", ["0", "-1", "100.26", "1.001"])
def test_a_refund_of_too_much_or_too_little_is_refused_before_anything_is_sent(name, amount):
    with pytest.raises(ValueError, match=r".+"):
        silent(name).refund(order(), REFERENCES, Decimal(amount))


JUNK = {
    "nothing": b"",
    "html": b"<html><body>Bad Gateway</body></html>",
    "text": b"OK",
    "half": b'<?xml version="1.0"?><CC5Response><Response>Approved</Resp',
    "null": b"null",
    "list": b"[1]",
    "empty-object": b"{}",
    "empty-xml": b"<CC5Response/>",
    "empty-gvps": b"<GVPSResponse/>",
    "bytes": bytes(range(256)),
    "success-alone": b'{"status":"success"}',
    "approved-alone": b"<CC5Response><Response>Approved</Response><ProcReturnCode>00</ProcReturnCode></CC5Response>",
    "approved-gvps": b"<GVPSResponse><Transaction><Response><Code>00</Code></Response></Transaction></GVPSResponse>",
    "entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><CC5Response><Response>&x;</Response></CC5Response>',
    "bomb": b'<!DOCTYPE a [<!ENTITY x "aaaa"><!ENTITY y "&x;&x;">]><CC5Response>&y;</CC5Response>',
    "strange-code": b"<CC5Response><Response>Declined</Response><ProcReturnCode>ZZ</ProcReturnCode></CC5Response>",
    "host-time-out": b"<CC5Response><Response>Declined</Response><ProcReturnCode>91</ProcReturnCode></CC5Response>",
    "strange-error": b'{"status":"failure","errorCode":"424242"}',
    "no-charset": b'<?xml version="1.0" encoding="x-none"?><CC5Response/>',
    "deep": b"[" * 100_000,
}


@every_bank
@pytest.mark.parametrize("junk", JUNK)
def test_an_unreadable_answer_is_unknown_for_every_operation(name, junk):
    gateway = gateway_behind(name, lambda request: httpx.Response(200, content=JUNK[junk]))
    for operation, call in calls(gateway, order()).items():
        result = call()
        assert result.outcome is Outcome.UNKNOWN, (operation, result)
        assert getattr(result, "state", OrderState.UNKNOWN) is OrderState.UNKNOWN


@every_bank
@pytest.mark.parametrize("status", [301, 302, 307, 500, 502, 503, 504])
def test_a_redirect_and_a_servers_error_are_unknown(name, status):
    good = b"<CC5Response><Response>Declined</Response><ProcReturnCode>51</ProcReturnCode></CC5Response>"
    headers = {"Location": "https://elsewhere.example/"}
    gateway = gateway_behind(name, lambda request: httpx.Response(status, content=good, headers=headers))
    for call in calls(gateway, order()).values():
        assert call().outcome is Outcome.UNKNOWN


@every_bank
@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (httpx.ConnectError("refused"), Outcome.NOT_SENT),
        (httpx.UnsupportedProtocol("ftp"), Outcome.NOT_SENT),
        (httpx.ConnectTimeout("slow"), Outcome.UNKNOWN),
        (httpx.ReadTimeout("slow"), Outcome.UNKNOWN),
        (httpx.WriteTimeout("slow"), Outcome.UNKNOWN),
        (httpx.PoolTimeout("busy"), Outcome.UNKNOWN),
        (httpx.ReadError("reset"), Outcome.UNKNOWN),
        (httpx.WriteError("reset"), Outcome.UNKNOWN),
        (httpx.RemoteProtocolError("cut"), Outcome.UNKNOWN),
        (httpx.DecodingError("gzip"), Outcome.UNKNOWN),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_only_a_connection_that_never_was_is_not_sent(name, error, outcome):
    def fail(request):
        raise error

    for call in calls(gateway_behind(name, fail), order()).values():
        result = call()
        assert result.outcome is outcome
        assert result.reason is (Reason.NOT_REACHED if outcome is Outcome.NOT_SENT else Reason.NO_ANSWER)


@every_gateway
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"mdStatus": "1", "Response": "Approved", "ProcReturnCode": "00", "oid": "X"},
        {"mdstatus": "1", "response": "Approved", "procreturncode": "00", "oid": "X", "hash": "ş"},
        {"status": "success", "mdStatus": "1", "signature": "ş", "conversationId": "X", "HASH": "ş"},
        {"HASH": "", "hash": "", "signature": "", "HASHPARAMS": ":::", "hashparams": ""},
        {"md_status": "1", "signature": "\udcff", "HASH": "\udcff", "hash": "\udcff", "x": "\udcff"},
    ],
    ids=["nothing", "nestpay", "garanti", "iyzico", "blank", "surrogates"],
)
def test_an_unsigned_callback_changes_nothing(name, fields):
    result = silent(name).verify_callback(fields, order(id="X"))
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NOT_AUTHENTIC)
    assert (result.signature_valid, result.payment_approved, result.provision_required) == (
        False,
        False,
        False,
    )


@every_gateway
def test_a_completion_needs_an_authentic_callback_that_asks_for_it(name):
    gateway, ours = silent(name), order()
    for outcome in (Outcome.UNKNOWN, Outcome.DECLINED, Outcome.APPROVED):
        with pytest.raises(ValueError, match="completion"):
            gateway.complete_three_d(ours, replace(authenticated(ours), outcome=outcome))
    with pytest.raises(ValueError, match="completion"):
        gateway.complete_three_d(ours, replace(authenticated(ours), provision_required=False))


@every_gateway
def test_no_card_and_no_secret_in_any_repr_exception_or_log(name, caplog):
    caplog.set_level(logging.DEBUG)
    shop = SHOPS[name]
    keys = ("store_key", "password", "prov_password", "refund_password", "secret_key")
    secrets = {key: f"very-secret-{key}" for key in keys if key in shop.config}
    gateway = gateway_behind(name, lambda request: httpx.Response(200, content=b"<x/>"), **secrets)
    pay_card = replace(card(PAN), cvc=CVC, expiry_month=11, expiry_year=2039)
    ours = order(payer=Payer(ip="192.0.2.10", name="Gizli", identity_number="10000000146"))
    shown = [
        repr(gateway),
        repr(gateway.account),
        repr(pay_card),
        f"{pay_card}",
        repr(ours),
        repr(StoredCard("tok")),
    ]
    shown += [repr(call()) for call in calls(gateway, ours).values()]
    shown.append(repr(gateway.start_three_d(ours, pay_card, URLS)))
    for wrong in (order(id="a b"), order(amount=Decimal("1.001"))):
        with pytest.raises(ValueError, match=r".+") as raised:
            gateway.sale(wrong, pay_card)
        shown.append(repr(raised.value))
    shown.append(caplog.text)
    text = "\n".join(shown)
    for hidden in (PAN, PAN[6:], CVC, "2039", "Gizli", "10000000146", "very-secret", "local-key", "tok'"):
        assert hidden not in text, hidden


def test_card_data_is_never_written_down():
    with pytest.raises(TypeError):
        pickle.dumps(card(PAN))


def test_every_reason_has_a_text_for_the_payer():
    for reason in Reason:
        assert isinstance(CallbackResult(outcome=Outcome.UNKNOWN, reason=reason).text, str)


@every_gateway
def test_it_imports_only_base_types_and_config_lib(name):
    folder = Path(import_module(f"payments.gateways.{name}").__file__).parent
    ours = ("config", "payments", "billing", "vault", "tests")
    allowed = (
        "config.kit.lib",
        "payments.gateways.base",
        "payments.gateways.types",
        "payments.gateways.wire",
        f"payments.gateways.{name}",
    )
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            if module and module.split(".")[0] in ours:
                assert module.startswith(allowed), f"{file.name}: {module}"
            if isinstance(node, ast.Import):
                assert not any(alias.name.split(".")[0] in ours for alias in node.names)
