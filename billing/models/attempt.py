import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.models.fields import AmountField
from billing.models.payment import Payment

TRACE = "trace"
"""Among the details of an attempt: the trace that it was begun in, for what other processes do because of it."""


class Operation(models.TextChoices):
    SALE = "sale", _("Sale")
    START_THREE_D = "start_three_d", _("3-D Secure started")
    CALLBACK = "callback", _("3-D Secure callback")
    COMPLETE_THREE_D = "complete_three_d", _("3-D Secure completed")
    VOID = "void", _("Void")
    REFUND = "refund", _("Refund")
    STATUS = "status", _("Status query")
    PERSON = "person", _("Settled manually")  # no call: an operator recorded what the bank confirmed
    STATEMENT = "statement", _("Listed by the bank")  # no call: a line of the bank's statement
    RECEIVED = "received", _("Received outside")  # no bank is involved
    RETURNED = "returned", _("Refunded outside")  # likewise


class PaymentAttempt(models.Model):
    """One call of a bank, committed before the call and finished after it.

    It belongs to a payment (and possibly a refund) or, for a bank's list of a day, to a POS alone.
    """

    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="attempts")
    pos = models.ForeignKey(
        "payments.POS",
        verbose_name=_("POS"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The POS that was called. A payment that failed over has attempts at two."),
    )
    refund = models.ForeignKey("billing.Refund", null=True, on_delete=models.PROTECT, related_name="attempts")
    operation = models.CharField(_("Operation"), max_length=24, choices=Operation.choices)
    amount = AmountField(_("Amount"), null=True)
    started_at = models.DateTimeField(_("Started at"), db_default=Now(), editable=False)
    finished_at = models.DateTimeField(_("Finished at"), null=True)
    outcome = models.CharField(_("Outcome"), max_length=16, blank=True, default="")
    reason = models.CharField(_("Reason"), max_length=32, blank=True, default="")
    raw_code = models.CharField(_("Bank code"), max_length=64, blank=True, default="")
    bank_text = models.CharField(_("Bank message"), max_length=500, blank=True, default="")
    details = models.JSONField(_("Details"), default=dict)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("Attempt")
        verbose_name_plural = _("Attempts")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(payment__isnull=False, amount__isnull=False)
                | Q(payment__isnull=True, refund__isnull=True, pos__isnull=False),
                name="billing_attempt_payment_or_pos",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="finished_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.outcome}"
