"""Evidence that comes late, twice or not at all: afterwards our books say what the bank's say, or a case is open."""

import threading
import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from billing.errors import RefundInProgressError
from billing.models import Bill, BillStatus, Callback, Case, Payment, Refund, RefundKind
from billing.services import reconcile, refund
from billing.services.interrupted import close_interrupted_callbacks
from billing.services.late_money import refund_late_money
from billing.services.refund import refund_payment
from billing.services.return_token import return_token_of
from billing.services.settle import settle_payment, settle_refund
from billing.states import PaymentState, RefundState
from payments import services as payments_services
from payments.gateways.types import Outcome
from tests.billing.test_banks import bank, charge, come_back, shop, shop_at  # noqa: F401 the simulator
from tests.support.bank.client import pay, wait_until

TOTAL = Decimal("215.40")


def give_back(payment, amount=None, **more) -> Refund:
    return refund_payment(
        payment, amount=amount and Decimal(amount), reason="Returned goods", user_id=None, **more
    )


def at_the_bank(world, payment) -> dict:
    return world.bank.books()[payment.order_id]


def same_as_the_bank(world, payment) -> bool:
    payment.refresh_from_db()
    order = at_the_bank(world, payment)
    kept = order["captured_minor"] - order["refunded_minor"]
    return (payment.captured_amount - payment.refunded_amount) * 100 == kept


def time_passes(payment) -> None:
    """Its 3-D Secure has expired."""
    Payment.objects.filter(pk=payment.pk).update(expires_at=timezone.now() - timedelta(minutes=1))


@pytest.fixture
def nestpay(transactional_db, bank, settings):  # noqa: F811
    bank.reset()
    settings.IN_FLIGHT_SECONDS = 0
    settings.GATEWAY_TIMEOUT_SECONDS = 2
    return shop_at("nestpay", bank)


@pytest.fixture
def paid(shop):  # noqa: F811
    """Captured, and the bank's day is closed: refunds are taken."""
    payment = charge(shop).payment
    assert payment.state == PaymentState.CAPTURED
    shop.bank.settle()
    return payment


# --- refunds in doubt ---------------------------------------------------------------------------------------------


def test_a_refund_in_doubt_blocks_the_next_one(shop, paid):  # noqa: F811
    shop.bank.fault("drop_before", operation="refund", times=1)
    shop.bank.fault("drop_before", operation="status")
    assert give_back(paid, "30").state == RefundState.UNKNOWN
    with pytest.raises(RefundInProgressError):
        give_back(paid, "30")
    assert paid.refunds.count() == 1


def test_of_two_refunds_in_doubt_only_the_one_that_the_bank_made_is_booked(shop, paid):  # noqa: F811
    shop.bank.fault("drop_after", operation="refund", times=1)  # made, and not heard of
    first = give_back(paid, "30")
    assert first.state == RefundState.UNKNOWN
    shop.bank.fault("drop_before", operation="refund", times=1)  # never made
    second = give_back(paid, "30")  # the doubt is settled by a query first
    first.refresh_from_db()
    assert (first.state, second.state) == (RefundState.DONE, RefundState.UNKNOWN)
    reconcile.query_status(paid)
    second.refresh_from_db()
    assert second.state == RefundState.DECLINED
    assert same_as_the_bank(shop, paid)


def test_a_second_refund_does_not_end_the_queries_about_the_first(shop, paid):  # noqa: F811
    shop.bank.fault("drop_after", operation="refund", times=1)
    shop.bank.fault("drop_before", operation="status")
    give_back(paid, "30")
    with pytest.raises(RefundInProgressError):
        give_back(paid, "10")
    paid.refresh_from_db()
    assert paid.next_check_at is not None


def test_an_answer_to_a_later_refund_does_not_end_the_rechecks_of_an_earlier_one(shop, paid, settings):  # noqa: F811
    """The bank books the first refund hours after it was ended as not made; meanwhile another one is refused."""
    settings.IN_FLIGHT_SECONDS = 0
    shop.bank.fault("drop_before", operation="refund", times=1)
    first = give_back(paid, "30")
    reconcile.query_status(paid)
    first.refresh_from_db()
    assert first.state == RefundState.DECLINED
    assert give_back(paid, "50").state == RefundState.DONE
    paid.refresh_from_db()
    assert paid.next_check_at is not None


def test_each_of_two_refunds_that_ended_unheard_is_booked_when_the_bank_makes_it(nestpay):
    """The bank makes the first one, not the one that was sent last."""
    payment = charge(nestpay).payment
    nestpay.bank.settle()
    for amount in ("30", "20"):
        nestpay.bank.fault("drop_before", operation="refund", times=1)
        give_back(payment, amount)
        reconcile.query_status(payment)
    nestpay.bank.panel(payment.order_id, 3000)
    reconcile.query_status(payment)
    assert [(each.amount, each.state) for each in payment.refunds.order_by("pk")] == [
        (Decimal(30), RefundState.DONE),
        (Decimal(20), RefundState.DECLINED),
    ]
    assert same_as_the_bank(nestpay, payment)


def test_two_refunds_that_ended_unheard_are_booked_together(nestpay):
    """The bank makes both between two queries. Where different amounts add up, nothing is guessed."""
    payment = charge(nestpay).payment
    nestpay.bank.settle()
    for amount in ("30", "20", "30", "50"):
        nestpay.bank.fault("drop_before", operation="refund", times=1)
        give_back(payment, amount)
        reconcile.query_status(payment)
    nestpay.bank.panel(payment.order_id, 6000)  # 30 + 30
    reconcile.query_status(payment)
    states = payment.refunds.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["done", "declined", "done", "declined"]
    nestpay.bank.panel(payment.order_id, 7000)  # 20 + 50
    reconcile.query_status(payment)
    assert set(states.all()) == {"done"}
    assert same_as_the_bank(nestpay, payment)
    assert "ended as declined" in payment.cases.get().summary


def test_a_refund_that_a_person_called_not_made_is_booked_when_the_bank_makes_it(nestpay):
    payment = charge(nestpay).payment
    nestpay.bank.settle()
    nestpay.bank.fault("drop_before", operation="refund", times=1)
    nestpay.bank.fault("drop_before", operation="status", times=1)
    refund = settle_refund(give_back(payment, "20"), was_made=False, reason="by phone", user_id=None)
    assert refund.state == RefundState.DECLINED
    give_back(payment, "30")
    payment.refresh_from_db()
    assert payment.next_check_at is not None
    nestpay.bank.panel(payment.order_id, 2000)
    reconcile.query_status(payment)
    assert same_as_the_bank(nestpay, payment)


def test_the_refund_in_doubt_is_preferred_to_earlier_ones_of_the_same_sum(nestpay):
    payment = charge(nestpay).payment
    nestpay.bank.settle()
    for amount in ("30", "20"):
        nestpay.bank.fault("drop_before", operation="refund", times=1)
        give_back(payment, amount)
        reconcile.query_status(payment)
    nestpay.bank.fault("drop_after", operation="refund", times=1)
    latest = give_back(payment, "50")
    reconcile.query_status(payment)
    latest.refresh_from_db()
    assert latest.state == RefundState.DONE
    assert same_as_the_bank(nestpay, payment)


def test_a_sum_that_can_be_two_things_is_a_case(nestpay):
    payment = charge(nestpay).payment
    nestpay.bank.settle()
    for amount in ("30", "20", "50"):
        nestpay.bank.fault("drop_before", operation="refund", times=1)
        give_back(payment, amount)
        reconcile.query_status(payment)
    nestpay.bank.panel(payment.order_id, 5000)
    reconcile.query_status(payment)
    payment.refresh_from_db()
    assert payment.refunded_amount == 0
    assert payment.cases.exists()


def test_a_voided_order_was_given_back_by_the_void(nestpay):
    """Not by refunds of together the same sum: an order that has refunds cannot be voided."""
    payment = charge(nestpay).payment
    nestpay.bank.fault("drop_before", operation="void", times=1)
    give_back(payment, kind=RefundKind.VOID)
    reconcile.query_status(payment)
    nestpay.bank.settle()
    for amount in ("115.40", "100"):
        nestpay.bank.fault("drop_before", operation="refund", times=1)
        give_back(payment, amount)
        reconcile.query_status(payment)
    nestpay.bank.panel(payment.order_id)
    reconcile.query_status(payment)
    assert [(each.kind, each.state) for each in payment.refunds.order_by("pk")] == [
        (RefundKind.VOID, RefundState.DONE),
        (RefundKind.REFUND, RefundState.DECLINED),
        (RefundKind.REFUND, RefundState.DECLINED),
    ]
    payment.refresh_from_db()
    assert (payment.state, payment.refunded_amount) == (PaymentState.VOIDED, TOTAL)


def unheard(world, payment, amount=None, **more) -> Refund:
    """The request is lost on its way, and the next query says that nothing was given back."""
    operation = "void" if more else "refund"
    world.bank.fault("drop_before", operation=operation, times=1)
    lost = give_back(payment, amount, **more)
    reconcile.query_status(payment)
    lost.refresh_from_db()
    assert lost.state == RefundState.DECLINED
    return lost


def states_of(payment) -> list[str]:
    return list(payment.refunds.order_by("pk").values_list("state", flat=True))


def test_refunds_that_were_not_sent_give_way_to_one_that_the_bank_has_made(nestpay):
    """The bank has given the money back: what is only scheduled must not keep our books from saying so."""
    payment = charge(nestpay).payment
    unheard(nestpay, payment, kind=RefundKind.VOID)
    for amount in ("100", "115.40"):
        assert give_back(payment, amount).state == RefundState.SCHEDULED
    nestpay.bank.panel(payment.order_id)
    reconcile.query_status(payment)
    assert states_of(payment) == ["done", "rejected", "rejected"]
    payment.refresh_from_db()
    assert (payment.state, payment.refunded_amount, payment.reserved_amount) == ("voided", TOTAL, 0)
    assert payment.cases.exists()


def test_only_as_many_give_way_as_must(nestpay):
    """The latest first."""
    payment = charge(nestpay).payment
    nestpay.bank.settle()
    unheard(nestpay, payment, "150")
    payment.channel.conf["refund_limit"] = "20"
    payment.channel.save()
    for amount in ("50", "60"):
        assert give_back(payment, amount).state == RefundState.WAITING
    nestpay.bank.panel(payment.order_id, 15000)
    reconcile.query_status(payment)
    assert states_of(payment) == ["done", "waiting", "rejected"]
    assert same_as_the_bank(nestpay, payment)
    assert payment.reserved_amount == 50


def test_a_refund_in_doubt_gives_way_to_one_that_the_bank_has_made_instead(nestpay, settings):
    payment = charge(nestpay).payment
    nestpay.bank.settle()
    unheard(nestpay, payment, "150")
    nestpay.bank.fault("drop_before", operation="refund", times=1)
    doubtful = give_back(payment, "100")
    assert doubtful.state == RefundState.UNKNOWN
    nestpay.bank.panel(payment.order_id, 15000)
    settings.IN_FLIGHT_SECONDS = 3600
    reconcile.query_status(payment)
    assert states_of(payment) == ["declined", "unknown"]  # it may still arrive
    settings.IN_FLIGHT_SECONDS = 0
    reconcile.query_status(payment)
    assert states_of(payment) == ["done", "declined"]
    assert same_as_the_bank(nestpay, payment)


def test_a_refund_that_many_queries_did_not_settle_is_rechecked_after_it_ended(nestpay, settings):
    payment = charge(nestpay).payment
    nestpay.bank.settle()
    nestpay.bank.fault("drop_before", operation="refund", times=1)
    refund = give_back(payment, "30")
    Payment.objects.filter(pk=payment.pk).update(checks=len(settings.RECHECK_DELAYS) + 5)
    reconcile.query_status(payment)
    refund.refresh_from_db()
    payment.refresh_from_db()
    assert refund.state == RefundState.DECLINED
    assert payment.next_check_at is not None


def test_two_clerks_at_a_time_make_one_refund(shop, paid):  # noqa: F811
    barrier, found = threading.Barrier(2), []

    def clerk():
        barrier.wait(10)
        try:
            found.append(give_back(Payment.objects.get(pk=paid.pk), "150").state)
        except Exception as error:
            found.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=clerk) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found.count(RefundState.DONE) == 1
    assert set(found) - {RefundState.DONE} <= {"RefundExceedsError", "RefundInProgressError"}
    assert same_as_the_bank(shop, paid)


def test_the_banks_reference_of_a_refund_is_kept(shop, paid):  # noqa: F811
    done = give_back(paid, "30")
    assert done.host_reference or done.transaction_id


def test_the_banks_reference_is_kept_of_a_refund_that_a_query_booked_before_its_answer(nestpay):
    """The bank has made the refund, its answer is on the way, and meanwhile another process queries the books."""
    payment = charge(nestpay).payment
    nestpay.bank.settle()
    nestpay.bank.fault("delay_after", operation="refund", times=1, seconds=1)
    answered = []

    def clerk():
        try:
            answered.append(give_back(Payment.objects.get(pk=payment.pk), "30"))
        finally:
            connection.close()

    thread = threading.Thread(target=clerk)
    thread.start()
    assert wait_until(lambda: at_the_bank(nestpay, payment)["refunded_minor"])
    reconcile.query_status(payment)
    assert Refund.objects.get().state == RefundState.DONE
    thread.join(30)
    assert answered[0].host_reference


def test_a_refund_made_at_the_banks_panel_opens_a_case(shop, paid):  # noqa: F811
    shop.bank.panel(paid.order_id, refund_minor=5000)
    reconcile.query_status(paid)
    paid.refresh_from_db()
    assert paid.refunded_amount == 0
    assert "The refunded amount is 50" in Case.objects.get(payment=paid).summary


def test_a_whole_refund_before_the_banks_day_is_closed_becomes_a_void(shop):  # noqa: F811
    payment = charge(shop).payment
    done = give_back(payment)
    payment.refresh_from_db()
    if shop.name == "iyzico":  # takes refunds on the same day
        assert payment.state in (PaymentState.REFUNDED, PaymentState.VOIDED)
    else:
        assert payment.state == PaymentState.VOIDED
    assert done.state == RefundState.DONE
    assert same_as_the_bank(shop, payment)


def test_a_part_refund_before_the_banks_day_is_closed_is_sent_after_it(nestpay):
    payment = charge(nestpay).payment
    waiting = give_back(payment, "40")
    assert waiting.state == RefundState.SCHEDULED
    assert waiting.send_after > timezone.now()
    assert refund.due_refunds() == []
    nestpay.bank.settle()
    Refund.objects.filter(pk=waiting.pk).update(send_after=timezone.now() - timedelta(minutes=1))
    assert refund.due_refunds() == [waiting.pk]
    refund.send_scheduled(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == RefundState.DONE
    assert same_as_the_bank(nestpay, payment)


# --- the bank took the money after the payment had ended ----------------------------------------------------------


def test_money_booked_after_not_found_is_ours_in_the_end(shop, settings):  # noqa: F811
    """The call takes longer than we wait, the bank says "not found" meanwhile and books the sale afterwards."""
    settings.GATEWAY_TIMEOUT_SECONDS = 0.5
    shop.bank.fault("delay_before", operation="sale", times=1, seconds=2)
    payment = charge(shop).payment
    assert payment.state == PaymentState.UNKNOWN
    reconcile.query_status(payment)
    assert (payment.state, payment.reason) == (PaymentState.FAILED, "not_found")
    assert payment.next_check_at is not None  # the bank is queried again later
    time.sleep(2)
    reconcile.query_status(payment)
    assert payment.state == PaymentState.CAPTURED
    assert {bill.status for bill in Bill.objects.all()} == {BillStatus.PAID}
    assert "after this payment had ended" in Case.objects.get(payment=payment).summary
    assert same_as_the_bank(shop, payment)


@pytest.mark.parametrize("lost", ["answer", "process"])
def test_the_last_recheck_is_repeated_until_the_bank_answers(nestpay, settings, lost):
    """The bank books after "not found", and the last query about it brings nothing."""
    settings.GATEWAY_TIMEOUT_SECONDS = 0.5
    settings.RECHECK_DELAYS = [1000]
    nestpay.bank.fault("delay_before", operation="sale", times=1, seconds=2)
    payment = charge(nestpay).payment
    reconcile.query_status(payment)
    assert payment.state == PaymentState.FAILED
    time.sleep(2)
    Payment.objects.update(next_check_at=timezone.now() - timedelta(seconds=1))
    assert reconcile.claim_due() == [payment.pk]
    payment.refresh_from_db()
    if lost == "answer":
        nestpay.bank.fault("delay_before", operation="status", times=1, seconds=2)
        reconcile.query_status(payment)
    payment.refresh_from_db()
    assert payment.state == PaymentState.FAILED
    again = (payment.next_check_at - timezone.now()).total_seconds()
    assert 900 < again <= 1000
    reconcile.query_status(payment)
    assert payment.state == PaymentState.CAPTURED
    assert same_as_the_bank(nestpay, payment)


def test_an_answer_that_comes_after_the_row_has_ended_is_booked(shop):  # noqa: F811
    """One process waits for the bank while another, with a shorter patience, ends the payment."""
    shop.bank.fault("delay_before", operation="sale", times=1, seconds=1)
    answered = []

    def payer():
        try:
            answered.append(charge(shop).payment)
        finally:
            connection.close()

    thread = threading.Thread(target=payer)
    thread.start()
    deadline = time.monotonic() + 5
    while not Payment.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    payment = Payment.objects.get()
    reconcile.query_status(payment)
    assert payment.state == PaymentState.FAILED
    thread.join(30)
    assert answered[0].state == PaymentState.CAPTURED
    assert Case.objects.filter(payment=payment).exists()
    assert same_as_the_bank(shop, payment)


def test_late_money_of_a_bill_that_was_paid_meanwhile_is_the_accounts_credit(nestpay, settings):
    settings.GATEWAY_TIMEOUT_SECONDS = 0.5
    nestpay.bank.fault("delay_before", operation="sale", times=1, seconds=2)
    late = charge(nestpay).payment
    reconcile.query_status(late)
    settings.GATEWAY_TIMEOUT_SECONDS = 2
    assert charge(nestpay).payment.state == PaymentState.CAPTURED  # the payer has paid again
    time.sleep(2)
    reconcile.query_status(late)
    assert (late.state, late.allocated_amount, late.unallocated_amount) == (PaymentState.CAPTURED, 0, TOTAL)
    assert Case.objects.filter(payment=late).exists()


def test_3d_pay_finished_after_our_expiry_is_booked(transactional_db, bank, settings, client):  # noqa: F811
    bank.reset()
    settings.IN_FLIGHT_SECONDS, settings.GATEWAY_TIMEOUT_SECONDS = 0, 2
    shop = shop_at("nestpay", bank, store_type="3d_pay")  # noqa: F811
    charged = charge(shop, three_d=True)
    time_passes(charged.payment)
    reconcile.query_status(charged.payment)
    assert charged.payment.state == PaymentState.FAILED
    action, fields = pay(charged.form.action, charged.form.inputs, shop.name)
    come_back(client, action, fields)
    charged.payment.refresh_from_db()
    assert charged.payment.state == PaymentState.CAPTURED
    assert Callback.objects.latest("pk").verdict == "late"
    page = client.get(reverse("payment-result", args=[return_token_of(charged.payment)])).content.decode()
    assert "Payment received" in page
    assert same_as_the_bank(shop, charged.payment)


def test_a_query_by_hand_about_a_failed_payment_books_what_the_bank_took(nestpay, ada, settings):
    nestpay.bank.fault("drop_after", operation="sale", times=1)
    nestpay.bank.fault("drop_before", operation="status")
    payment = charge(nestpay).payment
    settle_payment(payment, was_taken=False, reason="The bank said so", user_id=ada.pk)
    payment.refresh_from_db()
    assert payment.state == PaymentState.FAILED
    nestpay.bank.control("faults", method="DELETE")
    reconcile.query_status(payment, user_id=ada.pk)
    assert payment.state == PaymentState.CAPTURED
    assert same_as_the_bank(nestpay, payment)


def test_an_abandoned_3d_secure_frees_its_bills(shop, client):  # noqa: F811
    charged = charge(shop, three_d=True)
    time_passes(charged.payment)
    reconcile.query_status(charged.payment)
    assert charged.payment.state == PaymentState.FAILED
    assert charge(shop).payment.state == PaymentState.CAPTURED


def test_a_completion_that_never_reached_the_bank_frees_its_bills(shop, client):  # noqa: F811
    """iyzico goes on saying that it waits for the completion."""
    charged = charge(shop, three_d=True)
    action, fields = pay(charged.form.action, charged.form.inputs, shop.name)
    shop.bank.fault("drop_before", operation="completion", times=1)
    come_back(client, action, fields)
    reconcile.query_status(charged.payment)
    charged.payment.refresh_from_db()
    assert charged.payment.state == PaymentState.FAILED
    assert charged.payment.next_check_at is not None
    assert charge(shop).payment.state == PaymentState.CAPTURED


def test_a_refund_of_cash_is_booked_in_one_transaction(nestpay, finn):
    from billing.models import ReceivedAs
    from billing.services.charge import take_payment
    from billing.services.payment_request import PaymentRequest

    account = nestpay.subscription.account
    cash = take_payment(
        PaymentRequest(
            account=account, amount=Decimal(50), currency="TRY", instrument=ReceivedAs.CASH, user_id=finn.pk
        )
    ).payment
    done = refund_payment(cash, amount=Decimal(20), reason="Too much", user_id=finn.pk)
    assert done.state == RefundState.DONE
    cash.refresh_from_db()
    assert cash.refunded_amount == 20


def test_a_callback_whose_process_died_is_closed_and_the_bank_is_queried(nestpay):
    charged = charge(nestpay, three_d=True)
    stored = Callback.objects.create(payment=charged.payment, method="POST", body="x")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE billing_callback DISABLE TRIGGER USER")
        cursor.execute("UPDATE billing_callback SET received_at = now() - interval '10 minutes'")
        cursor.execute("ALTER TABLE billing_callback ENABLE TRIGGER USER")
    assert close_interrupted_callbacks() == 1
    stored.refresh_from_db()
    charged.payment.refresh_from_db()
    assert stored.verdict == "interrupted"
    assert charged.payment.next_check_at <= timezone.now()


# --- banks' own ways ----------------------------------------------------------------------------------------------


@pytest.fixture
def garanti(transactional_db, bank, settings):  # noqa: F811
    bank.reset()
    settings.IN_FLIGHT_SECONDS, settings.GATEWAY_TIMEOUT_SECONDS = 0, 2
    return shop_at("garanti", bank)


def test_garanti_does_not_decline_a_void_that_its_history_does_not_show_now(garanti):
    payment = charge(garanti).payment
    garanti.bank.fault("drop_after", operation="void", times=1)
    garanti.bank.fault("drop_before", operation="history")
    void = refund_payment(payment, amount=None, reason="x", user_id=None, kind=RefundKind.VOID)
    reconcile.query_status(payment)
    void.refresh_from_db()
    assert void.state == RefundState.UNKNOWN
    garanti.bank.control("faults", method="DELETE")
    reconcile.query_status(payment)
    void.refresh_from_db()
    assert void.state == RefundState.DONE
    assert same_as_the_bank(garanti, payment)


def test_garanti_does_not_book_a_sale_that_was_voided_at_the_panel(garanti):
    garanti.bank.fault("drop_after", operation="sale", times=1)
    payment = charge(garanti).payment
    garanti.bank.panel(payment.order_id)
    garanti.bank.fault("drop_before", operation="history")
    reconcile.query_status(payment)
    assert payment.state == PaymentState.UNKNOWN
    garanti.bank.control("faults", method="DELETE")
    reconcile.query_status(payment)
    assert payment.state == PaymentState.FAILED


def test_a_connection_that_never_opens_is_not_sent(nestpay):
    """A full backlog: the connection times out before a byte of the request has left."""
    import socket

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    fillers = []
    for _ in range(8):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
        fillers.append(filler)
    try:
        nestpay.pos.resource_url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        nestpay.pos.save()
        payment = charge(nestpay).payment
    finally:
        for filler in fillers:
            filler.close()
        listener.close()
    assert payment.attempts.get().outcome == Outcome.NOT_SENT
    assert payment.state == PaymentState.FAILED


def test_iyzicos_conversation_data_is_not_stored(transactional_db, bank, settings, client):  # noqa: F811
    bank.reset()
    settings.GATEWAY_TIMEOUT_SECONDS = 2
    shop = shop_at("iyzico", bank)  # noqa: F811
    charged = charge(shop, three_d=True)
    action, fields = pay(charged.form.action, charged.form.inputs, shop.name)
    fields["conversationData"] = "secret-of-the-conversation"
    come_back(client, action, fields)
    assert "secret-of-the-conversation" not in Callback.objects.latest("pk").body


# --- what becomes of late money -----------------------------------------------------------------------------------


def late_money(nestpay, settings):
    """A sale that the bank books after "not found", of bills that the payer has paid again meanwhile."""
    settings.GATEWAY_TIMEOUT_SECONDS = 0.5
    nestpay.bank.fault("delay_before", operation="sale", times=1, seconds=2)
    late = charge(nestpay).payment
    reconcile.query_status(late)
    settings.GATEWAY_TIMEOUT_SECONDS = 2
    charge(nestpay)
    time.sleep(2)
    reconcile.query_status(late)
    assert late.unallocated_amount == TOTAL
    return late


@pytest.mark.parametrize(
    ("wanted", "state"), [(None, PaymentState.CAPTURED), ("refund", PaymentState.VOIDED)]
)
def test_the_channel_decides_whether_late_money_is_given_back(nestpay, settings, wanted, state):
    payments_services.channels.update(nestpay.channel, conf={"late_payments": wanted} if wanted else {})
    late = late_money(nestpay, settings)
    assert len(refund_late_money()) == (1 if wanted else 0)
    assert refund_late_money() == []
    late.refresh_from_db()
    assert late.state == state
    assert same_as_the_bank(nestpay, late)


def test_the_payer_is_not_told_that_nothing_was_charged_while_nobody_knows(nestpay, settings, client):
    nestpay.bank.fault("drop_before", operation="sale", times=1)
    payment = charge(nestpay).payment
    reconcile.query_status(payment)
    assert payment.state == PaymentState.FAILED
    url = reverse("payment-result", args=[return_token_of(payment)])
    page = client.get(url).content.decode()
    assert "You have not been charged" not in page
    assert "has not confirmed a charge" in page
    Payment.objects.filter(pk=payment.pk).update(next_check_at=None)
    assert "You have not been charged" in client.get(url).content.decode()


def test_garanti_took_another_amount_than_was_captured(garanti):
    """Its answer to the sale names no amount: only the inquiry tells."""
    garanti.bank.fault("other_amount", operation="sale", times=1)
    payment = charge(garanti).payment
    assert payment.state == PaymentState.CAPTURED
    reconcile.query_status(payment)
    assert "it differs in inquiry" in Case.objects.get(payment=payment).summary
