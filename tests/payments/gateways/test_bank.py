"""The gateways against the bank simulator: real sockets, another process, another implementation of the hashes."""

import socket
from dataclasses import replace
from decimal import Decimal

import pytest

from payments.gateways.types import OrderState, Outcome, Reason
from tests.support.bank import attack
from tests.support.bank.client import pay
from tests.support.gateways import BANKS, PROFILES
from tests.support.gateways.profile import URLS, card, order
from tests.support.gateways.walk import ask, authenticate, finish, opened


def models(wanted=lambda model: True):
    """Every bank with each of its 3-D models."""
    found = [
        (name, dict(model.config))
        for name in BANKS
        for model in PROFILES[name].three_d_models
        if wanted(model)
    ]
    return pytest.mark.parametrize(
        ("name", "config"), found, ids=["-".join([name, *config.values()]) for name, config in found]
    )


def banks(wanted=lambda profile: True):
    return pytest.mark.parametrize("name", [name for name in BANKS if wanted(PROFILES[name])])


with_models = models()
with_completions = models(lambda model: model.completes)
with_banks = banks()
with_day_rule = banks(lambda profile: profile.has_day_rule)


@with_banks
def test_a_sale_is_approved_and_booked_once(bank, name):
    ours = order(installments=3)
    result = opened(bank, name).sale(ours, PROFILES[name].good_card)
    assert result.outcome is Outcome.APPROVED, result
    assert (result.order_id, result.mismatches, result.payment_approved) == (ours.id, (), True)
    booked = bank.books()[ours.id]
    assert (booked["charges"], booked["captured_minor"]) == (1, 10025)


@with_banks
def test_a_refused_card_is_declined(bank, name):
    ours = order()
    result = opened(bank, name).sale(ours, card("4111111111111129"))
    assert (result.outcome, result.reason) == (Outcome.DECLINED, Reason.INSUFFICIENT_FUNDS)
    assert bank.books()[ours.id]["charges"] == 0


@with_models
def test_three_d_takes_the_money_once(bank, name, config):
    gateway, ours = opened(bank, name, **config), order()
    url, _, callback = authenticate(gateway, ours)
    assert url == URLS.success
    assert (callback.signature_valid, callback.three_d_ok) == (True, True)
    result = finish(gateway, ours, callback)
    assert result.outcome is Outcome.APPROVED, result
    assert bank.books()[ours.id]["charges"] == 1


@with_models
def test_a_wrong_password_is_declined_and_nothing_is_taken(bank, name, config):
    gateway, ours = opened(bank, name, **config), order()
    url, _, callback = authenticate(gateway, ours, otp="wrong")
    assert url in (URLS.success, URLS.failure)
    assert (callback.outcome, callback.reason) == (Outcome.DECLINED, Reason.THREE_D_FAILED)
    assert ours.id not in bank.books()


@with_models
def test_authenticated_is_not_paid(bank, name, config):
    """A card that is refused after a good 3-D."""
    gateway, ours = opened(bank, name, **config), order()
    _, _, callback = authenticate(gateway, ours, card=card("4124111111111116"))
    assert callback.three_d_ok
    assert finish(gateway, ours, callback).outcome is Outcome.DECLINED
    assert bank.books()[ours.id]["charges"] == 0


@with_models
@pytest.mark.parametrize("pan", ["4141111111111115", "5377195377190410", "4131111111111117"])
def test_anything_but_mdstatus_1_is_not_accepted(bank, name, config, pan):
    gateway, ours = opened(bank, name, **config), order()
    _, _, callback = authenticate(gateway, ours, card=card(pan))
    assert callback.outcome is Outcome.DECLINED
    assert callback.three_d_ok is False


@banks(lambda profile: "accept_half_secure" in profile.config)
def test_half_secure_is_authenticated_where_the_pos_accepts_it(bank, name):
    gateway, ours = opened(bank, name, accept_half_secure=True), order()
    _, _, callback = authenticate(gateway, ours, card=card("4141111111111115"))
    assert (callback.md_status, callback.three_d_ok) == ("4", True)


def test_half_secure_is_completed_where_the_bank_offers_it(bank):
    gateway, ours = opened(bank, "nestpay", accept_half_secure=True), order()
    _, _, callback = authenticate(gateway, ours, card=card("4141111111111115"))
    assert finish(gateway, ours, callback).outcome is Outcome.APPROVED


@banks(lambda profile: profile.completion_has_amount)
def test_a_completion_for_another_amount_is_refused(bank, name):
    gateway, ours = opened(bank, name), order()
    _, _, callback = authenticate(gateway, ours)
    dearer = replace(ours, amount=Decimal("999"))
    assert gateway.complete_three_d(dearer, callback).outcome is Outcome.DECLINED
    assert ours.id not in bank.books()


@with_completions
def test_a_replayed_completion_is_unknown_and_not_booked_twice(bank, name, config):
    gateway, ours = opened(bank, name, **config), order()
    _, _, callback = authenticate(gateway, ours)
    assert finish(gateway, ours, callback).outcome is Outcome.APPROVED
    again = finish(gateway, ours, callback)
    assert (again.outcome, again.reason) == (Outcome.UNKNOWN, PROFILES[name].duplicate_reason)
    assert bank.books()[ours.id]["charges"] == 1


@with_models
def test_the_proof_of_an_authentication_is_hidden_before_a_callback_is_stored(bank, name, config):
    gateway, ours = opened(bank, name, **config), order()
    _, fields, callback = authenticate(gateway, ours)
    proofs = {callback.proof.md, callback.proof.xid, callback.proof.cavv} - {""}
    assert proofs
    carriers = {field for field, value in fields.items() if any(proof in value for proof in proofs)}
    assert not {field for field in carriers if field.lower() in gateway.callback_keeps}


@with_banks
def test_the_longest_order_id_is_booked_whole(bank, name):
    gateway = opened(bank, name)
    ours = order(id="A" * gateway.order_id_max_length)
    assert gateway.sale(ours, PROFILES[name].good_card).outcome is Outcome.APPROVED
    assert ours.id in bank.books()


@with_day_rule
def test_a_second_sale_of_one_order_is_unknown_and_the_question_settles_it(bank, name):
    gateway, ours = opened(bank, name), order()
    gateway.sale(ours, PROFILES[name].good_card)
    again = gateway.sale(ours, PROFILES[name].good_card)
    assert (again.outcome, again.reason) == (Outcome.UNKNOWN, Reason.DUPLICATE_ORDER)
    assert ask(gateway, ours).state is OrderState.CAPTURED
    assert bank.books()[ours.id]["charges"] == 1


@with_banks
def test_a_void_before_settlement(bank, name):
    gateway, ours = opened(bank, name), order()
    sale = gateway.sale(ours, PROFILES[name].good_card)
    result = gateway.void(ours, sale.references)
    assert result.outcome is Outcome.APPROVED, result
    assert bank.books()[ours.id]["state"] == "voided"
    assert ask(gateway, ours, sale.references).state is OrderState.VOIDED
    again = gateway.void(ours, sale.references)
    assert (again.outcome, again.reason) == (Outcome.DECLINED, Reason.NOT_VOIDABLE)


@with_banks
def test_no_void_after_settlement(bank, name):
    gateway, ours = opened(bank, name), order()
    sale = gateway.sale(ours, PROFILES[name].good_card)
    bank.settle()
    result = gateway.void(ours, sale.references)
    assert (result.outcome, result.reason) == (Outcome.DECLINED, Reason.NOT_VOIDABLE)


@with_day_rule
def test_no_refund_before_settlement(bank, name):
    gateway, ours = opened(bank, name), order()
    sale = gateway.sale(ours, PROFILES[name].good_card)
    result = gateway.refund(ours, sale.references, ours.amount)
    assert (result.outcome, result.reason) == (Outcome.DECLINED, Reason.NOT_SETTLED)
    assert bank.books()[ours.id]["refunded_minor"] == 0


@with_banks
def test_refunds_in_parts_and_never_above_the_payment(bank, name):
    gateway, ours = opened(bank, name), order()
    sale = gateway.sale(ours, PROFILES[name].good_card)
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
    status = ask(opened(bank, name), order())
    assert (status.outcome, status.state) == (Outcome.APPROVED, OrderState.NOT_FOUND)


@with_banks
def test_a_declined_order_is_known_as_declined(bank, name):
    gateway, ours = opened(bank, name), order()
    gateway.sale(ours, card("4111111111111129"))
    assert ask(gateway, ours).state is OrderState.DECLINED


BROKEN_ANSWERS = ["drop_after", "http_500", "html", "truncated", "empty", "wrong_order"]


@with_banks
@pytest.mark.parametrize("kind", BROKEN_ANSWERS)
def test_a_broken_answer_after_the_debit_is_unknown_and_the_question_tells(bank, name, kind):
    gateway, ours = opened(bank, name), order()
    bank.fault(kind, operation="sale", times=1)
    assert gateway.sale(ours, PROFILES[name].good_card).outcome is Outcome.UNKNOWN
    status = ask(gateway, ours)
    assert (status.state, status.captured_amount) == (OrderState.CAPTURED, ours.amount)
    assert bank.books()[ours.id]["charges"] == 1


@with_banks
def test_a_time_out_after_the_debit_is_unknown_and_the_question_tells(bank, name, impatient):
    gateway, ours = PROFILES[name].open(bank.base_url, impatient), order()
    bank.fault("delay_after", operation="sale", times=1, seconds=1)
    result = gateway.sale(ours, PROFILES[name].good_card)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NO_ANSWER)
    assert ask(gateway, ours).state is OrderState.CAPTURED


@with_banks
def test_a_connection_that_breaks_before_the_debit_is_unknown_too(bank, name):
    gateway, ours = opened(bank, name), order()
    bank.fault("drop_before", operation="sale", times=1)
    assert gateway.sale(ours, PROFILES[name].good_card).outcome is Outcome.UNKNOWN
    assert ask(gateway, ours).state is OrderState.NOT_FOUND


@banks(lambda profile: profile.gateway.signs_replies)
def test_an_answer_without_the_banks_signature_is_unknown(bank, name):
    gateway, ours = opened(bank, name), order()
    bank.fault("bad_signature", operation="sale", times=1)
    result = gateway.sale(ours, PROFILES[name].good_card)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NOT_AUTHENTIC)


@with_banks
def test_a_question_that_is_not_answered_is_unknown(bank, name):
    gateway, ours = opened(bank, name), order()
    bank.fault("html", operation="status", times=1)
    status = ask(gateway, ours)
    assert (status.outcome, status.state) == (Outcome.UNKNOWN, OrderState.UNKNOWN)


TAMPERED = [
    pytest.param(
        name,
        dict(model.config),
        kind,
        otp,
        id="-".join([kind, name, *model.config.values(), "after-good" if otp is None else "after-failure"]),
    )
    for name in BANKS
    for model in PROFILES[name].three_d_models
    for kind in [*attack.COMMON, *PROFILES[name].simulator.attacks]
    for otp in (None, "wrong")
    # a good callback that already says all that this attack would write
    if not (kind == "success" and otp is None and PROFILES[name].simulator.callback.has_success)
]


@pytest.mark.parametrize(("name", "config", "kind", "otp"), TAMPERED)
def test_a_tampered_callback_is_never_believed(bank, name, config, kind, otp):
    """Whatever the payer makes of it: not approved, not declined, not completed."""
    gateway = opened(bank, name, **config)
    authenticate(gateway, order())  # a genuine one to swap in
    ours = order()
    bank.fault(f"attack:{kind}", operation="return", times=1)
    _, _, callback = authenticate(gateway, ours, otp=otp)
    assert callback.outcome is Outcome.UNKNOWN, callback
    assert not callback.payment_approved
    assert not callback.provision_required


@banks(lambda profile: profile.form_amount)
def test_a_form_that_the_payer_changed_is_refused_by_the_bank(bank, name):
    gateway, ours = opened(bank, name), order()
    form = gateway.start_three_d(ours, PROFILES[name].good_card, URLS).form
    url, fields = pay(form.action, {**form.inputs, PROFILES[name].form_amount: "1"}, name)
    assert url == URLS.failure
    callback = gateway.verify_callback(fields, ours)
    assert (callback.signature_valid, callback.outcome) == (False, Outcome.UNKNOWN)


def test_nothing_listens(impatient):
    with socket.socket() as taken:  # bound, so that nobody else listens there
        taken.bind(("127.0.0.1", 0))
        for name in BANKS:
            gateway = PROFILES[name].open(f"http://127.0.0.1:{taken.getsockname()[1]}", impatient)
            result = gateway.sale(order(), PROFILES[name].good_card)
            assert (result.outcome, result.reason) == (Outcome.NOT_SENT, Reason.NOT_REACHED)
