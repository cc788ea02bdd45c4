"""What can become of a payment and of a refund: the tables of allowed moves.

The database refuses every other move (triggers made from these tables), and a move is a conditional UPDATE whose
row count is checked: a lost race is a no-op.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaymentState(models.TextChoices):
    CREATED = "created", _("Created")  # written, the bank not called yet
    PENDING_3D = "pending_3d", _("Waiting for 3-D Secure")  # the payer is at the bank
    PROCESSING = "processing", _("Processing")  # the bank is being called
    UNKNOWN = "unknown", _("In doubt")  # called, no answer that can be believed
    CAPTURED = "captured", _("Captured")
    PARTIALLY_REFUNDED = "partially_refunded", _("Partially refunded")
    REFUNDED = "refunded", _("Refunded")
    VOIDED = "voided", _("Voided")
    DECLINED = "declined", _("Declined")  # the bank said no
    FAILED = "failed", _("Failed")  # nothing was sent, or nobody finished it


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
"""The outcome is not known: the bills are reserved and must not be paid again."""

ENDED_STATES = (P.DECLINED, P.FAILED)
"""Nothing was taken, as far as is known. Evidence that money moved all the same is booked, however late it comes."""

REFUNDABLE_STATES = (P.CAPTURED, P.PARTIALLY_REFUNDED)

CAPTURED_STATES = (P.CAPTURED, P.PARTIALLY_REFUNDED, P.REFUNDED, P.VOIDED)
"""The ledger has a capture."""


class RefundState(models.TextChoices):
    WAITING = "waiting", _("Waiting for approval")
    SCHEDULED = "scheduled", _("Scheduled")  # the bank takes it once its day is closed
    PROCESSING = "processing", _("Processing")
    UNKNOWN = "unknown", _("In doubt")
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
"""The amount is reserved: no other refund can have it."""

REFUNDS_IN_DOUBT = (R.PROCESSING, R.UNKNOWN)
"""The bank has been or is being asked for it. A payment has one such refund at most."""


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
    """The table as the pairs that `pgtrigger.FSM` takes."""
    return [(source.value, target.value) for source, targets in moves.items() for target in targets]
