"""Event subscriptions, events and their deliveries."""

from decimal import Decimal
from json import JSONDecoder
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.payment import Payment
from billing.models.payment_method import PaymentMethod
from billing.models.refund import Refund
from config.kit.lib.encrypted_model import EncryptedModel
from config.kit.lib.encryption import EncryptedJSONField
from payments.models.base import Dated


class ExactDecoder(JSONDecoder):
    """Reads JSON numbers as decimals, because they are amounts."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"parse_float": Decimal, **options})


class EventSubscription(EncryptedModel, Dated):
    """A listener of the hub: its callback URL and its health."""

    callback = models.URLField(_("Callback URL"), max_length=2000)
    query = models.CharField(_("Query"), max_length=2000, blank=True, default="")
    base_path = models.CharField(_("Base path"), max_length=64)
    secret: Any = EncryptedJSONField()
    client = models.CharField(_("Client"), max_length=160)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Created by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    is_active = models.BooleanField(_("Is active"), default=True)
    failures = models.PositiveIntegerField(_("Failures in a row"), default=0, editable=False)
    failing_since = models.DateTimeField(_("Failing since"), null=True, editable=False)
    last_success_at = models.DateTimeField(_("Last success"), null=True, editable=False)
    last_error = models.CharField(_("Last error"), max_length=200, blank=True, default="", editable=False)
    paused_until = models.DateTimeField(_("Paused until"), null=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Event subscription")
        verbose_name_plural = _("Event subscriptions")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.callback


class EventResource(models.TextChoices):
    PAYMENT = "payment", _("Payment")
    REFUND = "refund", _("Refund")
    PAYMENT_METHOD = "paymentMethod", _("Payment method")


class Event(models.Model):
    """One change of a payment, refund or payment method, written in its transaction by a trigger.

    `after` is the row at commit, `before` the old values of the changed columns, null for a new row.
    """

    event_id = models.UUIDField(_("Event id"), unique=True)
    occurred_at = models.DateTimeField(_("Occurred at"))
    resource = models.CharField(_("Resource"), max_length=16, choices=EventResource.choices)
    payment = models.ForeignKey(
        Payment, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    refund = models.ForeignKey(Refund, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    payment_method = models.ForeignKey(
        PaymentMethod, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    transaction = models.BigIntegerField()
    before: Any = models.JSONField(null=True, decoder=ExactDecoder)
    after: Any = models.JSONField(decoder=ExactDecoder)

    class Meta:
        verbose_name = _("Event")
        verbose_name_plural = _("Events")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["transaction", "payment", "refund", "payment_method"],
                nulls_distinct=False,
                name="billing_event_once_a_transaction",
            ),
        ]

    def __str__(self) -> str:
        return str(self.event_id)

    @property
    def subject(self) -> Payment | PaymentMethod:
        """What it is about; of a refund the payment."""
        found = self.payment or self.payment_method
        if found is None:
            raise LookupError(f"Event {self.pk} is about nothing.")
        return found


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    DEAD = "dead", _("Failed")
    SKIPPED = "skipped", _("Filtered out")


class Delivery(models.Model):
    """One event for one listener. A failed delivery is kept and can be sent again."""

    event = models.ForeignKey(
        Event, verbose_name=_("Event"), on_delete=models.CASCADE, related_name="deliveries"
    )
    subscription = models.ForeignKey(
        EventSubscription,
        verbose_name=_("Event subscription"),
        on_delete=models.PROTECT,
        related_name="deliveries",
    )
    state = models.CharField(
        _("State"), max_length=16, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    event_type = models.CharField(_("Event type"), max_length=64, blank=True, default="")
    attempts = models.PositiveIntegerField(_("Attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("Next attempt"), null=True)
    last_status = models.PositiveSmallIntegerField(_("Last response"), null=True)
    last_error = models.CharField(_("Last error"), max_length=200, blank=True, default="")
    created_at = models.DateTimeField(_("Created at"))
    finished_at = models.DateTimeField(_("Finished at"), null=True)

    class Meta:
        verbose_name = _("Delivery")
        verbose_name_plural = _("Deliveries")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "subscription"], name="billing_delivery_once"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.WAITING, next_attempt_at__isnull=False)
                | (~Q(state=DeliveryState.WAITING) & Q(next_attempt_at__isnull=True)),
                name="billing_delivery_waits_for_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["subscription", "next_attempt_at", "id"],
                condition=Q(state=DeliveryState.WAITING),
                name="billing_delivery_due",
            ),
            models.Index(
                fields=["subscription", "event"],
                condition=Q(state=DeliveryState.WAITING),
                name="billing_delivery_in_order",
            ),
            models.Index(fields=["state", "-id"], name="billing_delivery_by_state"),
            models.Index(
                fields=["finished_at"],
                condition=Q(state__in=[DeliveryState.DELIVERED, DeliveryState.SKIPPED]),
                name="billing_delivery_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_type or self.event_id} → {self.subscription_id}"
