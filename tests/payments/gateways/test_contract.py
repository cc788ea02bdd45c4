"""What every operable gateway owes its callers: the manual in `gateways/base/gateway.py`, asked of each profile."""

import logging
import pickle
import re
from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import httpx
import pytest

from config.kit.lib.masking import is_secret_name
from payments import gateways
from payments.gateways import registry
from payments.gateways.base import secrets
from payments.gateways.base.errors import UnsupportedOperationError
from payments.gateways.payer_texts import TEXTS
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
from tests.support.gateways import BANKS, PROFILES
from tests.support.gateways.profile import URLS, card, order

REFERENCES = References(auth_code="1", host_reference="326", transaction_id="77", item_id="77-1")
PAN, CVC = "4111111111111111", "987"

every_gateway = pytest.mark.parametrize("name", PROFILES)
every_bank = pytest.mark.parametrize("name", BANKS)


def each_of(values):
    """One case for each gateway and what `values(profile)` names."""
    cases = [(name, each) for name, profile in PROFILES.items() for each in values(profile)]
    return pytest.mark.parametrize(("name", "case"), cases, ids=[f"{name}-{case}" for name, case in cases])


def gateway_behind(name, answer, **config):
    """A gateway whose bank answers with `answer(request)`."""
    http = httpx.Client(transport=httpx.MockTransport(answer))
    return PROFILES[name].open("https://bank.example", http, **config)


def saying(name, content, **config):
    return gateway_behind(name, lambda request: httpx.Response(200, content=content), **config)


def silent(name, **config):
    def never(request):
        raise AssertionError("something was sent")

    return gateway_behind(name, never, **config)


def calls(gateway, ours):
    """Every operation that sends something to the bank, by its name."""
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
    if gateway.start_calls_bank:
        found["start_three_d"] = lambda: gateway.start_three_d(ours, pay_card, URLS)
    return found


def authenticated(ours):
    proof = ThreeDProof(md="approve", xid="xid", eci="05", cavv="cavv")
    return CallbackResult(
        outcome=Outcome.NEEDS_ACTION, provision_required=True, order_id=ours.id, proof=proof
    )


@pytest.mark.parametrize("gateway", registry.GATEWAYS, ids=lambda each: each.short_name())
def test_it_has_a_name_and_a_config(gateway):
    assert gateway.name
    assert gateway.config_class().fields or gateway.config_class.keeps_unknown_fields


@every_bank
def test_every_bank_is_played_by_the_simulator(name):
    simulator = PROFILES[name].simulator
    assert simulator is not None
    assert simulator.name == name


@every_gateway
def test_it_lists_what_it_can_and_has_the_five_modules(name):
    assert silent(name).capabilities >= {Capability.SALE, Capability.STATUS}
    for module in ("gateway", "config", "messages", "signature", "codes"):
        import_module(f"payments.gateways.{name}.{module}")


@pytest.mark.parametrize("gateway", registry.GATEWAYS, ids=lambda each: each.short_name())
def test_no_gateway_is_described_by_what_it_lacks(gateway):
    """A capability that is added later is not a new promise of gateways that were written before it."""
    source = Path(import_module(gateway.__module__).__file__).read_text(encoding="utf-8")
    assert not re.search(r"frozenset\(Capability\)", source)


@pytest.mark.parametrize("gateway", registry.GATEWAYS, ids=lambda each: each.short_name())
def test_an_operation_that_it_lacks_is_refused_before_anything_is_sent(gateway):
    name = gateway.short_name()
    lacks = silent(name) if name in PROFILES else gateway(replace(silent("nestpay").account), None)
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
        {"id": "a b"},
        {"id": "<x/>"},
        {"id": "İ1"},
    ],
    ids=str,
)
def test_the_callers_mistakes_are_refused_before_anything_is_sent(name, wrong):
    refuses(name, order(**wrong))


@every_gateway
def test_an_order_id_that_the_bank_would_cut_is_refused_before_anything_is_sent(name):
    refuses(name, order(id="A" * (PROFILES[name].gateway.order_id_max_length + 1)))


def refuses(name, ours):
    gateway = silent(name)
    with pytest.raises(ValueError, match=r".+"):
        gateway.sale(ours, card(PAN))
    with pytest.raises(ValueError, match=r".+"):
        gateway.start_three_d(ours, card(PAN), URLS)


@every_gateway
def test_the_start_of_three_d_calls_the_bank_only_where_it_says_so(name):
    """Without a call the payer is sent to the POS's 3-D address, with the order in the form."""
    sent = []
    gateway, ours = gateway_behind(name, lambda request: sent.append(request) or httpx.Response(500)), order()
    result = gateway.start_three_d(ours, card(PAN), URLS)
    if gateway.start_calls_bank:
        assert (len(sent), result.outcome, result.form) == (1, Outcome.UNKNOWN, None)
        return
    assert (sent, result.outcome) == ([], Outcome.NEEDS_ACTION)
    assert (result.form.method, result.form.action) == ("POST", gateway.account.three_d_url)
    assert {ours.id, URLS.success, URLS.failure} <= set(result.form.inputs.values())


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
    "bytes": bytes(range(256)),
    "entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><CC5Response><Response>&x;</Response></CC5Response>',
    "bomb": b'<!DOCTYPE a [<!ENTITY x "aaaa"><!ENTITY y "&x;&x;">]><CC5Response>&y;</CC5Response>',
    "no-charset": b'<?xml version="1.0" encoding="x-none"?><CC5Response/>',
    "deep": b"[" * 100_000,
}


def is_unknown_to_all(gateway):
    for operation, call in calls(gateway, order()).items():
        result = call()
        assert result.outcome is Outcome.UNKNOWN, (operation, result)
        assert getattr(result, "state", OrderState.UNKNOWN) is OrderState.UNKNOWN


@every_bank
@pytest.mark.parametrize("junk", JUNK)
def test_an_unreadable_answer_is_unknown_for_every_operation(name, junk):
    is_unknown_to_all(saying(name, JUNK[junk]))


@each_of(lambda profile: profile.inconclusive)
def test_a_refusal_that_does_not_say_whether_money_moved_is_unknown(name, case):
    is_unknown_to_all(saying(name, PROFILES[name].inconclusive[case]))


@every_bank
def test_an_approval_without_what_ties_it_to_the_order_is_unknown(name):
    assert PROFILES[name].approved_alone
    for reply in PROFILES[name].approved_alone:
        is_unknown_to_all(saying(name, reply))


@every_bank
def test_a_badly_signed_reply_is_not_believed(name):
    """Every gateway signs its replies unless its protocol has no signature; then it says so."""
    gateway, profile, ours = PROFILES[name].gateway, PROFILES[name], order()
    replies = profile.badly_signed(ours)
    assert bool(replies) == gateway.signs_replies
    for case, reply in replies.items():
        is_unknown_to_all(saying(name, reply))
        result = saying(name, reply).sale(ours, card())
        assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NOT_AUTHENTIC), case


@every_gateway
def test_its_secrets_are_marked_in_its_config(name):
    """By the field's type: encryption, masks, the admin and the bank's texts look for nothing else."""
    profile = PROFILES[name]
    assert set(secrets.split(profile.gateway.config_class, profile.config)[1]) == profile.secrets
    unmarked = set(profile.gateway.config_class().fields) - profile.secrets - profile.public
    assert not [field for field in unmarked if is_secret_name(field)]


@every_bank
def test_a_secret_that_the_bank_echoes_is_not_in_its_text(name):
    profile, ours = PROFILES[name], order()
    echoed = {field: str(profile.config[field]) for field in profile.secrets}
    reply = profile.refusal(ours, "Login failed for " + ", ".join(echoed.values()))
    result = saying(name, reply).sale(ours, card())
    assert (result.outcome, result.bank_text[:10]) == (Outcome.DECLINED, "Login fail")
    for field, secret in echoed.items():
        assert secret not in result.bank_text, field


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
        (httpx.ConnectTimeout("slow"), Outcome.NOT_SENT),
        (httpx.ReadTimeout("slow"), Outcome.UNKNOWN),
        (httpx.WriteTimeout("slow"), Outcome.UNKNOWN),
        (httpx.PoolTimeout("busy"), Outcome.NOT_SENT),
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


@each_of(lambda profile: profile.unsigned_callbacks)
def test_an_unsigned_callback_changes_nothing(name, case):
    fields = PROFILES[name].unsigned_callbacks[case]
    result = silent(name).verify_callback(fields, order(id="X"))
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NOT_AUTHENTIC)
    believed = (result.signature_valid, result.payment_approved, result.provision_required)
    assert believed == (False, False, False)


@every_gateway
def test_a_callback_of_nothing_or_of_another_gateway_changes_nothing(name):
    """Whatever is posted to the address that the payer knows."""
    others = [fields for profile in PROFILES.values() for fields in profile.unsigned_callbacks.values()]
    for fields in ({}, *others):
        result = silent(name).verify_callback(fields, order(id="X"))
        assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NOT_AUTHENTIC)


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
    gateway = saying(name, b"<x/>", **{field: f"very-secret-{field}" for field in PROFILES[name].secrets})
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


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_text_for_the_payer(reason):
    assert bool(TEXTS[reason]) == (reason is not Reason.NONE)


def test_every_package_of_a_gateway_is_registered():
    """What is not in the registry is run by no suite."""
    folders = {path.parent.name for path in Path(gateways.__path__[0]).glob("*/gateway.py")} - {"base"}
    assert folders == {gateway.short_name() for gateway in registry.GATEWAYS}
