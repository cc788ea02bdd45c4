"""The states of payments, refunds and events, and the allowed moves between them.

Database triggers are made from these tables and refuse every other move. A move is a conditional UPDATE whose row count
is checked: a lost race is a no-op.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaymentState(models.TextChoices):
    CREATED = "created", _("Created")  # the bank has not been called yet
    PENDING_3D = "pending_3d", _("Waiting for 3-D Secure")  # the payer is at the bank
    PROCESSING = "processing", _("Processing")  # the bank is being called
    UNKNOWN = "unknown", _("Outcome unknown")  # the bank was called, but gave no answer that can be trusted
    CAPTURED = "captured", _("Captured")
    PARTIALLY_REFUNDED = "partially_refunded", _("Partially refunded")
    REFUNDED = "refunded", _("Refunded")
    VOIDED = "voided", _("Voided")
    DECLINED = "declined", _("Declined")  # refused by the bank
    FAILED = "failed", _("Failed")  # not sent to the bank, or abandoned by the payer


P = PaymentState

PAYMENT_MOVES: dict[PaymentState, tuple[PaymentState, ...]] = {
    P.CREATED: (P.PENDING_3D, P.PROCESSING, P.UNKNOWN, P.CAPTURED, P.DECLINED, P.FAILED),
    P.PENDING_3D: (P.PROCESSING, P.UNKNOWN, P.CAPTURED, P.DECLINED, P.FAILED),
    P.PROCESSING: (P.UNKNOWN, P.CAPTURED, P.DECLINED, P.FAILED),
    P.UNKNOWN: (P.CAPTURED, P.DECLINED, P.FAILED),
    P.CAPTURED: (P.PARTIALLY_REFUNDED, P.REFUNDED, P.VOIDED),
    P.PARTIALLY_REFUNDED: (P.REFUNDED,),
    P.REFUNDED: (),
    P.VOIDED: (),
    P.DECLINED: (P.CAPTURED,),  # by late evidence only
    P.FAILED: (P.CAPTURED,),  # likewise
}

OPEN_STATES = (P.CREATED, P.PENDING_3D, P.PROCESSING, P.UNKNOWN)
"""The outcome is not known yet: the bills are reserved and must not be paid again."""

ENDED_STATES = (P.DECLINED, P.FAILED)
"""No money was taken, as far as is known. Later evidence that it was is still booked."""

REFUNDABLE_STATES = (P.CAPTURED, P.PARTIALLY_REFUNDED)

CAPTURED_STATES = (P.CAPTURED, P.PARTIALLY_REFUNDED, P.REFUNDED, P.VOIDED)
"""States with a capture in the ledger."""


class RefundState(models.TextChoices):
    WAITING = "waiting", _("Waiting for approval")
    SCHEDULED = "scheduled", _("Scheduled")  # sent once the bank has closed its day
    PROCESSING = "processing", _("Processing")
    UNKNOWN = "unknown", _("Outcome unknown")
    DONE = "done", _("Done")
    DECLINED = "declined", _("Declined")
    REJECTED = "rejected", _("Rejected")


R = RefundState

REFUND_MOVES: dict[RefundState, tuple[RefundState, ...]] = {
    R.WAITING: (R.PROCESSING, R.REJECTED),
    R.SCHEDULED: (R.PROCESSING, R.REJECTED),
    R.PROCESSING: (R.SCHEDULED, R.UNKNOWN, R.DONE, R.DECLINED),
    R.UNKNOWN: (R.DONE, R.DECLINED),
    R.DONE: (),
    R.DECLINED: (R.DONE,),  # by late evidence only
    R.REJECTED: (),
}

OPEN_REFUND_STATES = (R.WAITING, R.SCHEDULED, R.PROCESSING, R.UNKNOWN)
"""The amount is reserved for this refund."""

SENT_REFUND_STATES = (R.PROCESSING, R.UNKNOWN)
"""Sent to the bank, outcome not known yet. A payment has at most one such refund."""


class EventStatus(models.TextChoices):
    CREATED = "created", _("Created")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


EVENT_MOVES: dict[EventStatus, tuple[EventStatus, ...]] = {
    EventStatus.CREATED: (EventStatus.DONE, EventStatus.FAILED),
    EventStatus.DONE: (),
    EventStatus.FAILED: (),
}


def transitions(moves: dict) -> list[tuple[str, str]]:
    """The table as pairs for `pgtrigger.FSM`."""
    return [(source.value, target.value) for source, targets in moves.items() for target in targets]
