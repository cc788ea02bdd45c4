"""The gateways against the bank simulator: real sockets, another process, another implementation of the
hashes.
"""

import socket
from dataclasses import replace
from decimal import Decimal

import pytest

from config.kit.lib.http import client as http_client
from payments.gateways.types import OrderState, Outcome, Reason, References, StatusQuery
from tests.payments.gateways.shops import BANKS, SHOPS, URLS, card, good_card, order
from tests.support.bank.client import BankProcess, pay

MODELS = [
    ("nestpay", {"store_type": "3d"}),
    ("nestpay", {"store_type": "3d_pay"}),
    ("garanti", {"security_level": "3D"}),
    ("garanti", {"security_level": "3D_PAY"}),
    ("iyzico", {}),
]
IDS = ["-".join([name, *config.values()]) for name, config in MODELS]
with_models = pytest.mark.parametrize(("name", "config"), MODELS, ids=IDS)
with_banks = pytest.mark.parametrize("name", BANKS)
with_day_rule = pytest.mark.parametrize("name", ["nestpay", "garanti"])


@pytest.fixture(scope="module")
def bank_process():
    with BankProcess() as process:
        yield process


@pytest.fixture
def bank(bank_process):
    bank_process.reset()
    with http_client(timeout=5) as http:
        bank_process.http = http
        yield bank_process


@pytest.fixture
def impatient():
    with http_client(timeout=0.3) as http:
        yield http


def shop(bank, name, **config):
    return SHOPS[name].open(bank.base_url, bank.http, **config)


def pay_with_three_d(gateway, name, ours, *, otp=None, pay_card=None):
    """From the form to the verified callback."""
    start = gateway.start_three_d(ours, pay_card or good_card(name), URLS)
    assert start.outcome is Outcome.NEEDS_ACTION, start
    url, fields = pay(start.form.action, start.form.inputs, name, otp)
    return url, fields, gateway.verify_callback(fields, ours)


def finish(gateway, ours, callback):
    if callback.outcome is Outcome.NEEDS_ACTION:
        return gateway.complete_three_d(ours, callback)
    return callback


def ask(gateway, ours, references=None):
    return gateway.status(StatusQuery(order=ours, references=references or References()))


@with_banks
def test_a_sale_is_approved_and_booked_once(bank, name):
    ours = order(installments=3)
    result = shop(bank, name).sale(ours, good_card(name))
    assert result.outcome is Outcome.APPROVED, result
    assert (result.order_id, result.mismatches, result.payment_approved) == (ours.id, (), True)
    booked = bank.books()[ours.id]
    assert (booked["charges"], booked["captured_minor"]) == (1, 10025)


@with_banks
def test_a_refused_card_is_declined(bank, name):
    ours = order()
    result = shop(bank, name).sale(ours, card("4111111111111129"))
    assert (result.outcome, result.reason) == (Outcome.DECLINED, Reason.INSUFFICIENT_FUNDS)
    assert bank.books()[ours.id]["charges"] == 0


@with_models
def test_three_d_takes_the_money_once(bank, name, config):
    gateway, ours = shop(bank, name, **config), order()
    url, _, callback = pay_with_three_d(gateway, name, ours)
    assert url == URLS.success
    assert (callback.signature_valid, callback.three_d_ok) == (True, True)
    result = finish(gateway, ours, callback)
    assert result.outcome is Outcome.APPROVED, result
    assert bank.books()[ours.id]["charges"] == 1


@with_models
def test_a_wrong_password_is_declined_and_nothing_is_taken(bank, name, config):
    gateway, ours = shop(bank, name, **config), order()
    url, _, callback = pay_with_three_d(gateway, name, ours, otp="wrong")
    assert url in (URLS.success, URLS.failure)
    assert (callback.outcome, callback.reason) == (Outcome.DECLINED, Reason.THREE_D_FAILED)
    assert ours.id not in bank.books()


@with_models
def test_authenticated_is_not_paid(bank, name, config):
    """A card that is refused after a good 3-D."""
    gateway, ours = shop(bank, name, **config), order()
    _, _, callback = pay_with_three_d(gateway, name, ours, pay_card=card("4124111111111116"))
    assert callback.three_d_ok
    assert finish(gateway, ours, callback).outcome is Outcome.DECLINED
    assert bank.books()[ours.id]["charges"] == 0


@with_models
@pytest.mark.parametrize("pan", ["4141111111111115", "5377195377190410", "4131111111111117"])
def test_anything_but_mdstatus_1_is_not_accepted(bank, name, config, pan):
    gateway, ours = shop(bank, name, **config), order()
    _, _, callback = pay_with_three_d(gateway, name, ours, pay_card=card(pan))
    assert callback.outcome is Outcome.DECLINED
    assert callback.three_d_ok is False


def test_half_secure_is_completed_where_the_pos_accepts_it(bank):
    gateway, ours = shop(bank, "nestpay", accept_half_secure=True), order()
    _, _, callback = pay_with_three_d(gateway, "nestpay", ours, pay_card=card("4141111111111115"))
    assert (callback.md_status, callback.three_d_ok, callback.outcome) == ("4", True, Outcome.NEEDS_ACTION)
    assert finish(gateway, ours, callback).outcome is Outcome.APPROVED


@pytest.mark.parametrize(("name", "config"), [MODELS[0], MODELS[2]], ids=["nestpay", "garanti"])
def test_a_completion_for_another_amount_is_refused(bank, name, config):
    gateway, ours = shop(bank, name, **config), order()
    _, _, callback = pay_with_three_d(gateway, name, ours)
    dearer = replace(ours, amount=Decimal("999"))
    assert gateway.complete_three_d(dearer, callback).outcome is Outcome.DECLINED
    assert ours.id not in bank.books()


@pytest.mark.parametrize(("name", "config"), [MODELS[0], MODELS[2]], ids=["nestpay", "garanti"])
def test_a_replayed_completion_is_unknown_and_not_booked_twice(bank, name, config):
    gateway, ours = shop(bank, name, **config), order()
    _, _, callback = pay_with_three_d(gateway, name, ours)
    assert finish(gateway, ours, callback).outcome is Outcome.APPROVED
    again = finish(gateway, ours, callback)
    assert (again.outcome, again.reason) == (Outcome.UNKNOWN, Reason.DUPLICATE_ORDER)
    assert bank.books()[ours.id]["charges"] == 1


def test_a_replayed_completion_at_iyzico_is_unknown_too(bank):
    gateway, ours = shop(bank, "iyzico"), order()
    _, _, callback = pay_with_three_d(gateway, "iyzico", ours)
    assert finish(gateway, ours, callback).outcome is Outcome.APPROVED
    assert finish(gateway, ours, callback).outcome is Outcome.UNKNOWN
    assert bank.books()[ours.id]["charges"] == 1


@with_day_rule
def test_a_second_sale_of_one_order_is_unknown_and_the_question_settles_it(bank, name):
    gateway, ours = shop(bank, name), order()
    gateway.sale(ours, good_card(name))
    again = gateway.sale(ours, good_card(name))
    assert (again.outcome, again.reason) == (Outcome.UNKNOWN, Reason.DUPLICATE_ORDER)
    assert ask(gateway, ours).state is OrderState.CAPTURED
    assert bank.books()[ours.id]["charges"] == 1


@with_banks
def test_a_void_before_settlement(bank, name):
    gateway, ours = shop(bank, name), order()
    sale = gateway.sale(ours, good_card(name))
    result = gateway.void(ours, sale.references)
    assert result.outcome is Outcome.APPROVED, result
    assert bank.books()[ours.id]["state"] == "voided"
    assert ask(gateway, ours, sale.references).state is OrderState.VOIDED
    again = gateway.void(ours, sale.references)
    assert (again.outcome, again.reason) == (Outcome.DECLINED, Reason.NOT_VOIDABLE)


@with_banks
def test_no_void_after_settlement(bank, name):
    gateway, ours = shop(bank, name), order()
    sale = gateway.sale(ours, good_card(name))
    bank.settle()
    result = gateway.void(ours, sale.references)
    assert (result.outcome, result.reason) == (Outcome.DECLINED, Reason.NOT_VOIDABLE)


@with_day_rule
def test_no_refund_before_settlement(bank, name):
    gateway, ours = shop(bank, name), order()
    sale = gateway.sale(ours, good_card(name))
    result = gateway.refund(ours, sale.references, ours.amount)
    assert (result.outcome, result.reason) == (Outcome.DECLINED, Reason.NOT_SETTLED)
    assert bank.books()[ours.id]["refunded_minor"] == 0


@with_banks
def test_refunds_in_parts_and_never_above_the_payment(bank, name):
    gateway, ours = shop(bank, name), order()
    sale = gateway.sale(ours, good_card(name))
    bank.settle()
    assert gateway.refund(ours, sale.references, Decimal("60")).outcome is Outcome.APPROVED
    status = ask(gateway, ours, sale.references)
    assert (status.state, status.refunded_amount) == (OrderState.PARTIALLY_REFUNDED, Decimal("60"))
    over = gateway.refund(ours, sale.references, Decimal("60"))
    assert (over.outcome, over.reason) == (Outcome.DECLINED, Reason.EXCEEDS_CAPTURED)
    assert gateway.refund(ours, sale.references, Decimal("40.25")).outcome is Outcome.APPROVED
    status = ask(gateway, ours, sale.references)
    assert (status.state, status.refunded_amount) == (OrderState.REFUNDED, ours.amount)
    assert bank.books()[ours.id]["refunded_minor"] == 10025


@with_banks
def test_an_order_that_the_bank_does_not_know(bank, name):
    status = ask(shop(bank, name), order())
    assert (status.outcome, status.state) == (Outcome.APPROVED, OrderState.NOT_FOUND)


@with_banks
def test_a_declined_order_is_known_as_declined(bank, name):
    gateway, ours = shop(bank, name), order()
    gateway.sale(ours, card("4111111111111129"))
    assert ask(gateway, ours).state is OrderState.DECLINED


BROKEN_ANSWERS = ["drop_after", "http_500", "html", "truncated", "empty", "wrong_order"]


@with_banks
@pytest.mark.parametrize("kind", BROKEN_ANSWERS)
def test_a_broken_answer_after_the_debit_is_unknown_and_the_question_tells(bank, name, kind):
    gateway, ours = shop(bank, name), order()
    bank.fault(kind, operation="sale", times=1)
    assert gateway.sale(ours, good_card(name)).outcome is Outcome.UNKNOWN
    status = ask(gateway, ours)
    assert (status.state, status.captured_amount) == (OrderState.CAPTURED, ours.amount)
    assert bank.books()[ours.id]["charges"] == 1


@with_banks
def test_a_time_out_after_the_debit_is_unknown_and_the_question_tells(bank, name, impatient):
    gateway, ours = SHOPS[name].open(bank.base_url, impatient), order()
    bank.fault("delay_after", operation="sale", times=1, seconds=1)
    result = gateway.sale(ours, good_card(name))
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NO_ANSWER)
    assert ask(gateway, ours).state is OrderState.CAPTURED


@with_banks
def test_a_connection_that_breaks_before_the_debit_is_unknown_too(bank, name):
    gateway, ours = shop(bank, name), order()
    bank.fault("drop_before", operation="sale", times=1)
    assert gateway.sale(ours, good_card(name)).outcome is Outcome.UNKNOWN
    assert ask(gateway, ours).state is OrderState.NOT_FOUND


@pytest.mark.parametrize("name", ["garanti", "iyzico"])
def test_an_answer_without_the_banks_signature_is_unknown(bank, name):
    gateway, ours = shop(bank, name), order()
    bank.fault("bad_signature", operation="sale", times=1)
    result = gateway.sale(ours, good_card(name))
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NOT_AUTHENTIC)


@with_banks
def test_a_question_that_is_not_answered_is_unknown(bank, name):
    gateway, ours = shop(bank, name), order()
    bank.fault("html", operation="status", times=1)
    status = ask(gateway, ours)
    assert (status.outcome, status.state) == (Outcome.UNKNOWN, OrderState.UNKNOWN)


ATTACKS = {
    "flip_field": BANKS,
    "no_hash": BANKS,
    "hashparams": ("nestpay", "garanti"),
    "downgrade": ("nestpay",),
    "other_order": BANKS,
    "orderid_differs": BANKS,
    "amount": BANKS,
    "success": BANKS,
    "unsigned_failure": BANKS,
    "boundary": ("garanti",),
}
"""Attack → the gateways whose messages it changes."""

TAMPERED = [
    pytest.param(
        name, config, attack, otp, id=f"{attack}-{case}-{'after-good' if otp is None else 'after-failure'}"
    )
    for (name, config), case in zip(MODELS, IDS, strict=True)
    for attack, names in ATTACKS.items()
    for otp in (None, "wrong")
    # iyzico's good callback already says all that this attack would write
    if name in names and (name, attack, otp) != ("iyzico", "success", None)
]


@pytest.mark.parametrize(("name", "config", "attack", "otp"), TAMPERED)
def test_a_tampered_callback_is_never_believed(bank, name, config, attack, otp):
    """Whatever the payer makes of it: not approved, not declined, not completed."""
    gateway = shop(bank, name, **config)
    pay_with_three_d(gateway, name, order())  # a genuine one to swap in
    ours = order()
    bank.fault(f"attack:{attack}", operation="return", times=1)
    _, _, callback = pay_with_three_d(gateway, name, ours, otp=otp)
    assert callback.outcome is Outcome.UNKNOWN, callback
    assert not callback.payment_approved
    assert not callback.provision_required


def test_a_paid_nestpay_callback_cannot_be_made_a_refusal(bank):
    """ver3 hashes no names: renamed without changing their order, the hash still fits."""
    gateway, ours = shop(bank, "nestpay", store_type="3d_pay"), order()
    _, fields, _ = pay_with_three_d(gateway, "nestpay", ours)
    renames = {"mdStatus": "mdStatut", "Response": "Responsf", "ProcReturnCode": "ProcReturnCodf"}
    forged = gateway.verify_callback({renames.get(name, name): value for name, value in fields.items()}, ours)
    assert forged.signature_valid
    assert forged.outcome is Outcome.UNKNOWN
    assert ask(gateway, ours).state is OrderState.CAPTURED


def test_a_paid_garanti_callback_cannot_be_made_a_refusal(bank):
    """Its hash has no separators: the auth code's digits can become a refusal and a failed 3-D."""
    gateway, ours = shop(bank, "garanti", security_level="3D_PAY"), order()
    _, fields, _ = pay_with_three_d(gateway, "garanti", ours)
    head, tail = (
        fields["authcode"] + fields["procreturncode"] + fields["response"],
        fields["mdstatus"] + fields["cavv"],
    )
    before, _, after = head.partition("0")
    cut = {"authcode": before, "procreturncode": "", "response": "", "mdstatus": "0", "cavv": after + tail}
    forged = gateway.verify_callback({**fields, **cut}, ours)
    assert (forged.signature_valid, forged.three_d_ok) == (True, False)
    assert forged.outcome is Outcome.UNKNOWN
    declined = {
        "authcode": fields["authcode"],
        "procreturncode": "",
        "response": head[len(fields["authcode"]) :],
    }
    assert gateway.verify_callback({**fields, **declined}, ours).outcome is Outcome.UNKNOWN
    assert ask(gateway, ours).state is OrderState.CAPTURED


@with_day_rule
def test_a_form_that_the_payer_changed_is_refused_by_the_bank(bank, name):
    gateway, ours = shop(bank, name), order()
    form = gateway.start_three_d(ours, good_card(name), URLS).form
    amount = "amount" if name == "nestpay" else "txnamount"
    url, fields = pay(form.action, {**form.inputs, amount: "1"}, name)
    assert url == URLS.failure
    callback = gateway.verify_callback(fields, ours)
    assert (callback.signature_valid, callback.outcome) == (False, Outcome.UNKNOWN)


def test_nothing_listens(impatient):
    with socket.socket() as taken:  # bound, so that nobody else listens there
        taken.bind(("127.0.0.1", 0))
        for name in BANKS:
            gateway = SHOPS[name].open(f"http://127.0.0.1:{taken.getsockname()[1]}", impatient)
            result = gateway.sale(order(), good_card(name))
            assert (result.outcome, result.reason) == (Outcome.NOT_SENT, Reason.NOT_REACHED)
