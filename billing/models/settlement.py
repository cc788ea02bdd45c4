import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.payment import Payment
from billing.models.refund import Refund


class SettlementState(models.TextChoices):
    WAITING = "waiting", _("Waiting for approval")
    DONE = "done", _("Done")
    REJECTED = "rejected", _("Rejected")
    OBSOLETE = "obsolete", _("No longer needed")  # the bank has answered meanwhile


class Settlement(models.Model):
    """A manual settlement of a payment or refund above the limit. It waits for approval by a different user."""

    channel_path = "payment__channel"

    payment = models.ForeignKey(
        Payment, verbose_name=_("Payment"), on_delete=models.PROTECT, related_name="settlements"
    )
    refund = models.ForeignKey(
        Refund, verbose_name=_("Refund"), null=True, on_delete=models.PROTECT, related_name="settlements"
    )
    money_moved = models.BooleanField(_("The bank moved the money"))
    bank_reference = models.CharField(_("Bank reference"), max_length=64, blank=True, default="")
    reason = models.CharField(_("Reason"), max_length=500)
    state = models.CharField(
        _("State"), max_length=16, choices=SettlementState.choices, default=SettlementState.WAITING
    )
    requested_at = models.DateTimeField(_("Requested at"), auto_now_add=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Requested by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Decided by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decision_note = models.CharField(_("Decision note"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("Manual settlement")
        verbose_name_plural = _("Manual settlements")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(state=SettlementState.WAITING),
                name="billing_one_waiting_settlement",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="billing_settlement_second_person",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="facts_are_fixed",
                fields=["payment", "refund", "money_moved", "bank_reference", "reason", "requested_by"],
            ),
            pgtrigger.Protect(
                name="decided_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["done", "rejected", "obsolete"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment}"
