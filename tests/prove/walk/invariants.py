"""What must be true: after every step, and when the bank has been well for some days."""

from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.db.models import F, Sum

from billing.models import (
    Allocation,
    Bill,
    BillStatus,
    Callback,
    Case,
    LedgerEntry,
    Payment,
    PaymentAttempt,
    Refund,
)
from billing.states import CAPTURED_STATES, OPEN_STATES, SENT_REFUND_STATES, PaymentState, RefundState
from config.kit.lib.money import numeric_currency
from payments.gateways.types import Outcome, Reason
from tests.prove.walk.shop import REFUND_LIMIT
from tests.prove.walk.world import ViolationError, World

_OPEN = ", ".join(f"'{state}'" for state in OPEN_STATES)
_DOUBT = ", ".join(f"'{state}'" for state in SENT_REFUND_STATES)
ALWAYS = f"""
    SELECT 'in doubt, and nobody will ask', payment.order_id FROM billing_payment AS payment
    WHERE next_check_at IS NULL AND pos_id IS NOT NULL AND (state IN ({_OPEN}) OR EXISTS (
        SELECT FROM billing_refund WHERE payment_id = payment.id AND state IN ({_DOUBT})
    )) AND NOT EXISTS (SELECT FROM billing_case WHERE payment_id = payment.id AND closed_at IS NULL)
    UNION ALL
    SELECT 'ended, and locks a bill', payment.order_id FROM billing_payment AS payment
    WHERE state NOT IN ({_OPEN}) AND EXISTS (SELECT FROM billing_paymentbill WHERE payment_id = payment.id AND is_open)
    UNION ALL
    SELECT 'refunded above the limit without a second person', payment.order_id FROM billing_payment AS payment
    JOIN billing_refund AS refund ON refund.payment_id = payment.id
    WHERE refund.amount > {REFUND_LIMIT} AND refund.state = 'done' AND payment.pos_id IS NOT NULL
      AND (refund.decided_by_id IS NULL OR refund.decided_by_id = refund.requested_by_id)
    UNION ALL
    SELECT 'settled above the limit without a second person', payment.order_id FROM billing_payment AS payment
    JOIN billing_paymentattempt AS attempt ON attempt.payment_id = payment.id AND attempt.operation = 'person'
    WHERE attempt.amount > {REFUND_LIMIT} AND NOT EXISTS (
        SELECT FROM billing_settlement WHERE payment_id = payment.id AND state = 'done'
          AND decided_by_id <> requested_by_id
    )
    LIMIT 1
"""  # noqa: S608 constants
NAME_THE_CURRENCY = ("iyzico",)
LATE = "after this payment had ended"
NOT_SETTLED = str(Reason.NOT_SETTLED)  # as it is stored; a control renames the reason


def check_always(world: World) -> None:
    """Nothing is in doubt without a next query or a case; bills are locked only by what is open."""
    with connection.cursor() as cursor:
        cursor.execute(ALWAYS)
        broken = cursor.fetchone()
    if broken is not None:
        _fail(f"{broken[1]}: {broken[0]}")
    for order in world.books().values():
        if order["charges"] > 1:
            _fail(f"{order['order_id']}: charged {order['charges']} times")


def check_at_end(world: World) -> None:
    check_always(world)
    books = world.books()
    payments = {payment.order_id: payment for payment in world.payments()}
    for order_id in books.keys() - payments.keys():
        _fail(f"{order_id}: the bank has it, we do not")
    for payment in payments.values():
        _check_payment(world, payment, books.get(payment.order_id))
    _check_refunds()
    _check_bills()
    if Callback.objects.filter(verdict="received").exists():
        _fail("a callback was stored and never judged")


def _check_payment(world: World, payment: Payment, order: dict | None) -> None:
    kept = Decimal(0)
    if order is not None and order["state"] == "captured":
        kept = Decimal(order["captured_minor"] - order["refunded_minor"]) / 100
    if payment.pos_id is None:
        kept = payment.amount - sum(
            (done.amount for done in payment.refunds.filter(state=RefundState.DONE)), Decimal(0)
        )
    ours = payment.captured_amount - payment.refunded_amount
    if payment.order_id in world.excused:
        known = ours == kept and not _took_other_currency(payment, order) and payment.state not in OPEN_STATES
        if not known and not payment.cases.exists():
            _fail(f"{payment.order_id}: we keep {ours}, the bank {kept}, and no case says so")
        return
    if ours != kept:
        _fail(
            f"{payment.order_id}: we keep {ours} ({payment.state}), the bank {kept} ({order and order['state']})"
        )
    if payment.state in OPEN_STATES:
        _fail(f"{payment.order_id}: still {payment.state} after days")
    if (
        payment.order_id not in world.may_be_late
        and Case.objects.filter(payment=payment, summary__contains=LATE).exists()
    ):
        _fail(f"{payment.order_id}: ended although the bank might still book it")
    _check_allocations(world, payment)
    _check_sums(payment)


def _took_other_currency(payment: Payment, order: dict | None) -> bool:
    """As far as the bank's answers can tell: an approval and a status of NestPay and Garanti name no currency."""
    if order is None or order["gateway"] not in NAME_THE_CURRENCY or not order["captured_minor"]:
        return False
    return order["currency"] != numeric_currency(payment.currency)


def _check_sums(payment: Payment) -> None:
    sums = dict(
        LedgerEntry.objects.filter(payment=payment).order_by().values_list("kind").annotate(Sum("amount"))
    )
    back = sums.get("refund", Decimal(0)) + sums.get("void", Decimal(0))
    if (payment.captured_amount, payment.refunded_amount) != (sums.get("capture", Decimal(0)), back):
        _fail(f"{payment.order_id}: its sums do not follow the ledger")
    if (payment.state in CAPTURED_STATES) != (payment.captured_amount > 0):
        _fail(f"{payment.order_id}: {payment.state} with {payment.captured_amount} captured")
    if payment.reserved_amount != sum(
        (
            open_.amount
            for open_ in payment.refunds.filter(
                state__in=[RefundState.WAITING, RefundState.SCHEDULED, *SENT_REFUND_STATES]
            )
        ),
        Decimal(0),
    ):
        _fail(f"{payment.order_id}: reserves {payment.reserved_amount} for no refund")
    if payment.state == PaymentState.CAPTURED and payment.pos_id and not payment.ledger.get().attempt_id:
        _fail(f"{payment.order_id}: captured without evidence")


def _check_allocations(world: World, payment: Payment) -> None:
    """Who pays in time pays the bills: nobody else may have paid them meanwhile."""
    if payment.state not in CAPTURED_STATES or payment.order_id in world.may_be_late | world.taken_back:
        return
    for bill, amount in payment.payment_bills.values_list("bill", "amount"):
        if not payment.allocations.filter(bill=bill, amount=amount).exists():
            _fail(f"{payment.order_id}: the bill that it was for was paid twice")


def _check_refunds() -> None:
    for refund in Refund.objects.select_related("payment"):
        if refund.state in SENT_REFUND_STATES and not refund.payment.cases.exists():
            _fail(f"refund {refund.pk} of {refund.payment}: still {refund.state} after days")
        answered = PaymentAttempt.objects.filter(refund=refund, outcome=Outcome.APPROVED).exclude(
            operation__in=["returned", "person"]
        )
        if refund.state == RefundState.DONE and answered.exists():
            if not (refund.host_reference or refund.transaction_id or refund.auth_code):
                _fail(f"refund {refund.pk}: the bank's reference was not kept")
        elif refund.state == RefundState.DECLINED and _was_too_early(refund):
            _fail(f"refund {refund.pk}: given up although the bank takes it tomorrow")
        elif answered.exists():
            _fail(f"refund {refund.pk}: made at the bank, ours is {refund.state}")


def _was_too_early(refund: Refund) -> bool:
    """And the bank said so while its request was in flight: later the refund had already been ended as not made."""
    last = refund.attempts.order_by("-pk").first()
    if last is None or last.reason != NOT_SETTLED or last.finished_at is None:
        return False
    return last.finished_at - last.started_at < timedelta(seconds=settings.IN_FLIGHT_SECONDS)


def _check_bills() -> None:
    for bill in Bill.objects.annotate(total=Sum("allocations__amount")):
        if bill.paid_amount != (bill.total or 0) or bill.paid_amount > bill.amount:
            _fail(f"bill {bill.number}: {bill.paid_amount} paid, {bill.total} allocated, {bill.amount} owed")
    for payment in Payment.objects.annotate(total=Sum("allocations__amount")):
        if payment.allocated_amount != (payment.total or 0):
            _fail(f"{payment.order_id}: {payment.allocated_amount} allocated, rows say {payment.total}")
    canceled = Bill.objects.filter(closed_as=BillStatus.CANCELED, paid_amount__gt=0).first()
    if canceled is not None:
        _fail(f"bill {canceled.number}: canceled, with {canceled.paid_amount} on it")
    held = Allocation.objects.values("bill").annotate(held=Sum("amount"), owed=F("bill__amount"))
    if held.filter(held__gt=F("owed")).exists():
        _fail("a bill is paid twice")


def _fail(text: str) -> None:
    raise ViolationError(text)
