from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.models.fields import AmountField, CurrencyField
from billing.models.ledger import APPEND_ONLY


class ClosedDay(models.Model):
    """The sums of a POS on a day when a person has closed it. Later corrections are of a later day."""

    channel_path = "pos__channel"

    pos = models.ForeignKey(
        "payments.POS", verbose_name=_("POS"), on_delete=models.PROTECT, related_name="closed_days"
    )
    day = models.DateField(_("Day"))
    currency = CurrencyField(_("Currency"))
    gross = AmountField(_("Gross"))
    refunds = AmountField(_("Refunds"))
    commission = AmountField(_("Commission"))
    net = AmountField(_("Net"))
    expected_gross = AmountField(_("Expected gross"))
    expected_net = AmountField(_("Expected net"))
    written_off = AmountField(_("Written off"))
    closed_at = models.DateTimeField(_("Closed at"), auto_now_add=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Closed by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("Closed day")
        verbose_name_plural = _("Closed days")
        ordering = ["-day", "pos"]
        permissions = [("close_day", "Can close days of statements")]
        constraints = [
            models.UniqueConstraint(fields=["pos", "day", "currency"], name="billing_closedday_once")
        ]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.pos} {self.day} {self.currency}"
