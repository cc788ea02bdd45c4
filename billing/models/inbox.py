import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.models.payment import Payment


class Verdict(models.TextChoices):
    RECEIVED = "received", _("Received")  # not verified yet
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Declined by the bank")
    DUPLICATE = "duplicate", _("Duplicate")
    LATE = "late", _("Late")
    FORGED = "forged", _("Not authentic")
    MISMATCH = "mismatch", _("Mismatch")
    UNREADABLE = "unreadable", _("Unreadable")
    STRAY = "stray", _("Unknown payment")
    INTERRUPTED = "interrupted", _("Not processed")  # the process died; the bank was queried instead


class Callback(models.Model):
    """A bank's callback, sent by the payer's browser or the bank's server. It is stored before it is verified.

    Card numbers, codes and proofs are masked in `body`.
    """

    channel_path = "payment__channel"

    payment = models.ForeignKey(
        Payment, verbose_name=_("Payment"), null=True, on_delete=models.PROTECT, related_name="callbacks"
    )
    received_at = models.DateTimeField(_("Received at"), auto_now_add=True)
    method = models.CharField(_("Method"), max_length=8)
    remote_address = models.GenericIPAddressField(_("IP address"), null=True)
    body = models.TextField(_("Body"))
    verdict = models.CharField(_("Verdict"), max_length=16, choices=Verdict.choices, default=Verdict.RECEIVED)
    note = models.CharField(_("Note"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("Callback")
        verbose_name_plural = _("Inbox")
        ordering = ["-pk"]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="body_is_fixed", fields=["body", "method", "received_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d %H:%M:%S} {self.verdict}"


class Case(models.Model):
    """What needs an operator's decision, mostly about a payment, with a summary of what is known."""

    channel_path = "payment__channel"

    payment = models.ForeignKey(
        Payment,
        verbose_name=_("Payment"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases",
    )
    opened_at = models.DateTimeField(_("Opened at"), auto_now_add=True)
    summary = models.TextField(_("Summary"))
    closed_at = models.DateTimeField(_("Closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Closed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    resolution = models.TextField(_("Resolution"), blank=True, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Owner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    due_on = models.DateField(_("Due on"), null=True, blank=True)

    class Meta:
        verbose_name = _("Case")
        verbose_name_plural = _("Cases")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=models.Q(closed_at__isnull=True), name="billing_one_open_case"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="closed_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.payment) if self.payment else self.summary


class CaseComment(models.Model):
    """What somebody has found out or done about a case. Nothing of it is changed later."""

    channel_path = "case__payment__channel"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Author"), on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(_("Time"), auto_now_add=True)
    text = models.TextField(_("Comment"))

    class Meta:
        verbose_name = _("Comment on a case")
        verbose_name_plural = _("Comments on cases")
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:60]}"
