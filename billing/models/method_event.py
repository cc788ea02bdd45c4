import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.account import Subscription
from billing.models.payment_method import PaymentMethod
from billing.models.tenant import SourceSystem
from billing.states import EVENT_MOVES, EventStatus, transitions


class EventType(models.TextChoices):
    """Names of the Naviga contract."""

    ADD = "ADDPAYMENTMETHOD", _("Payment method added")
    CARD_EXPIRES = "CARDEXPIRES", _("Card expires")


class MethodEvent(models.Model):
    """An event of the Naviga contract: a payment method is added, or its card expires. Its steps are the trace.

    Not to be confused with pghistory's `PaymentMethodEvent`, the history of the table.
    """

    channel_path = "subscription__account__channel"

    type = models.CharField(_("Type"), max_length=24, choices=EventType.choices)
    status = models.CharField(
        _("Status"), max_length=16, choices=EventStatus.choices, default=EventStatus.CREATED
    )
    attempts = models.PositiveSmallIntegerField(
        _("Attempts"), default=0, help_text=_("Number of attempts to close the event.")
    )
    subscription = models.ForeignKey(
        Subscription,
        verbose_name=_("Subscription"),
        null=True,
        on_delete=models.PROTECT,
        related_name="method_events",
    )
    source_system = models.ForeignKey(
        SourceSystem,
        verbose_name=_("Source system"),
        null=True,
        on_delete=models.PROTECT,
        related_name="method_events",
    )
    payment_method = models.ForeignKey(
        PaymentMethod,
        verbose_name=_("Payment method"),
        null=True,
        on_delete=models.PROTECT,
        related_name="method_events",
    )
    reference = models.CharField(
        _("Reference"),
        max_length=64,
        blank=True,
        default="",
        help_text=_("ID of the request, or expiry date of the card."),
    )
    created_at = models.DateTimeField(_("Created at"), auto_now_add=True)
    closed_at = models.DateTimeField(_("Closed at"), null=True)

    class Meta:
        verbose_name = _("Payment method event")
        verbose_name_plural = _("Payment method events")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=EventStatus.values), name="billing_methodevent_status"
            ),
            models.CheckConstraint(condition=Q(type__in=EventType.values), name="billing_methodevent_type"),
            models.UniqueConstraint(
                fields=["payment_method", "reference"],
                condition=Q(type=EventType.CARD_EXPIRES),
                name="billing_methodevent_expires_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(status=EventStatus.CREATED),
                name="billing_methodevent_open",
            )
        ]
        triggers = [
            pgtrigger.FSM(name="allowed_moves", field="status", transitions=transitions(EVENT_MOVES)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"


class EventStep(models.TextChoices):
    CREATED = "created", _("Event created")
    SAVED = "saved", _("Payment method saved")
    SAVE_FAILED = "save_failed", _("Payment method not saved")
    CLOSED = "closed", _("Event closed")
    CLOSE_FAILED = "close_failed", _("Event not closed")


class MethodEventStep(models.Model):
    """One step of an event. `saved` is written in the transaction that saves the payment method."""

    event = models.ForeignKey(MethodEvent, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(_("Step"), max_length=16, choices=EventStep.choices)
    payment_method = models.ForeignKey(
        PaymentMethod, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("Payment method")
    )
    note = models.CharField(_("Note"), max_length=500, blank=True, default="")
    at = models.DateTimeField(_("At"), auto_now_add=True)

    class Meta:
        verbose_name = _("Step")
        verbose_name_plural = _("Steps")
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.step
