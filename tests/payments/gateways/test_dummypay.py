"""dummypay's outcomes by card and amount, and its 3-D page: docs/gateways/dummypay.md."""

from decimal import Decimal

import pytest
from stdnum import luhn

from payments.gateways.dummypay.codes import CARDS, Scenario
from payments.gateways.dummypay.messages import CODE
from payments.gateways.types import (
    Capability,
    OrderState,
    Outcome,
    Reason,
    References,
    StatusQuery,
    StoredCard,
)
from tests.support.gateways.dummypay import PROFILE
from tests.support.gateways.profile import URLS, card, order

OUTCOMES = {
    Scenario.REFUSED: (Outcome.DECLINED, OrderState.DECLINED),
    Scenario.INSUFFICIENT_FUNDS: (Outcome.DECLINED, OrderState.DECLINED),
    Scenario.THREE_D_REFUSED: (Outcome.APPROVED, OrderState.CAPTURED),
    Scenario.TIMEOUT_AFTER_DEBIT: (Outcome.UNKNOWN, OrderState.CAPTURED),
    Scenario.UNREADABLE: (Outcome.UNKNOWN, OrderState.NOT_FOUND),
    Scenario.DUPLICATE_CALLBACK: (Outcome.APPROVED, OrderState.CAPTURED),
    Scenario.NOT_SENT: (Outcome.NOT_SENT, OrderState.NOT_FOUND),
    Scenario.HALF_SECURE: (Outcome.APPROVED, OrderState.CAPTURED),
    Scenario.LOST_CALLBACK: (Outcome.APPROVED, OrderState.CAPTURED),
}
by_card = pytest.mark.parametrize(("number", "scenario"), CARDS.items(), ids=list(CARDS.values()))


def dummypay(**config):
    return PROFILE.open("https://shop.example", None, **config)


def masked(number):
    return f"{number[:6]}******{number[-4:]}"


def test_the_documented_cards_have_check_digits():
    assert all(luhn.is_valid(number) for number in CARDS)


@by_card
def test_a_card_chooses_its_outcome_and_the_question_agrees(number, scenario):
    ours = order(masked_card=masked(number))
    outcome, state = OUTCOMES[scenario]
    assert dummypay().sale(ours, card(number)).outcome is outcome
    assert dummypay().status(StatusQuery(order=ours, last_operation="sale")).state is state


@by_card
def test_an_amount_does_the_same(number, scenario):
    ours = order(amount=Decimal(f"9990.{number[-2:]}"))
    outcome, state = OUTCOMES[scenario]
    assert dummypay().sale(ours, card()).outcome is outcome
    assert dummypay().sale_with_stored_card(ours, StoredCard("token")).outcome is outcome
    assert dummypay().status(StatusQuery(order=ours, last_operation="sale")).state is state


def three_d(ours, number="4111111111111111", code=CODE):
    gateway = dummypay()
    form = gateway.start_three_d(ours, card(number), URLS).form
    assert number not in str(form.inputs)
    assert gateway.open_page(form.inputs).amount == "100.25"
    return gateway, gateway.answer_page(form.inputs, code)


def test_the_right_code_leads_to_a_completion():
    ours = order()
    gateway, answer = three_d(ours)
    assert (answer.action, answer.copies) == (URLS.success, 1)
    callback = gateway.verify_callback(answer.inputs, ours)
    assert callback.outcome is Outcome.NEEDS_ACTION
    assert gateway.complete_three_d(ours, callback).outcome is Outcome.APPROVED


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("4111111111111111", "1"),
        ("4111111111111111", ""),
        ("4111111111111038", CODE),
        ("4111111111111087", CODE),
    ],
    ids=["wrong code", "given up", "refused card", "half secure"],
)
def test_everything_else_is_refused(number, code):
    ours = order()
    gateway, answer = three_d(ours, number, code)
    assert answer.action == URLS.failure
    callback = gateway.verify_callback(answer.inputs, ours)
    assert (callback.outcome, callback.reason) == (Outcome.DECLINED, Reason.THREE_D_FAILED)


@pytest.mark.parametrize(("number", "copies"), [("4111111111111061", 2), ("4111111111111095", 0)])
def test_callbacks_come_twice_or_never(number, copies):
    assert three_d(order(), number)[1].copies == copies


def test_a_time_out_after_the_debit_of_a_completion():
    ours = order(masked_card=masked("4111111111111046"))
    gateway, answer = three_d(ours, "4111111111111046")
    result = gateway.complete_three_d(ours, gateway.verify_callback(answer.inputs, ours))
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NO_ANSWER)
    status = gateway.status(StatusQuery(order=ours, last_operation="complete_three_d"))
    assert (status.state, status.captured_amount) == (OrderState.CAPTURED, ours.amount)


def test_a_payer_who_never_comes_back_has_not_paid():
    status = dummypay().status(StatusQuery(order=order(), last_operation="start_three_d"))
    assert status.state is OrderState.NOT_FOUND


def test_every_field_of_the_callback_is_signed():
    ours = order()
    gateway, answer = three_d(ours, code="wrong")
    for name in answer.inputs:
        forged = gateway.verify_callback({**answer.inputs, name: f"{answer.inputs[name]}1"}, ours)
        assert forged.outcome is Outcome.UNKNOWN, name
    renamed = {("md_status" if name == "rnd" else name): value for name, value in answer.inputs.items()}
    assert gateway.verify_callback(renamed, ours).signature_valid is False


def test_a_callback_of_another_order_or_amount_is_not_believed():
    gateway, answer = three_d(order())
    callback = gateway.verify_callback(answer.inputs, order())
    assert (callback.outcome, callback.mismatches) == (Outcome.UNKNOWN, ("order_id",))
    ours = order()
    gateway, answer = three_d(ours)
    dearer = order(id=ours.id, amount=Decimal("1000"))
    assert gateway.verify_callback(answer.inputs, dearer).mismatches == ("amount",)


def test_a_page_takes_no_form_that_dummypay_did_not_sign():
    form = dummypay().start_three_d(order(), card(), URLS).form
    with pytest.raises(ValueError, match="not dummypay's"):
        dummypay().open_page({**form.inputs, "amount": "1"})
    with pytest.raises(ValueError, match="not dummypay's"):
        dummypay(auth={"store_key": "another"}).answer_page(form.inputs, CODE)


def test_three_d_void_and_refund_follow_the_config():
    assert not dummypay(three_d_enabled=False).can(Capability.THREE_D)
    ours = order()
    assert dummypay().void(ours, References()).outcome is Outcome.APPROVED
    assert dummypay().refund(ours, References(), Decimal("1")).outcome is Outcome.APPROVED
    assert dummypay(fail_on_void=True).void(ours, References()).outcome is Outcome.DECLINED
    assert dummypay(fail_on_refund=True).refund(ours, References(), ours.amount).outcome is Outcome.DECLINED
