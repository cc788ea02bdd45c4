"""Sums of payments for the dashboard, written by a job (billing.services.roll_up). The payments are the truth."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.models.fields import AmountField, CurrencyField


def _key(to: str, **options: Any) -> Any:
    """Without a constraint and an index of its own: the rows are copies, and read by their time."""
    return models.ForeignKey(
        to, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", **options
    )


class HourTakings(models.Model):
    """What was taken of the payments that were created in an hour, before refunds. Voided payments took nothing."""

    hour = models.DateTimeField(_("Hour"))
    channel = _key("payments.Channel")
    currency = CurrencyField(_("Currency"))
    count = models.PositiveIntegerField(_("Payments"))
    amount = AmountField(_("Amount"))

    class Meta:
        verbose_name = _("Takings of an hour")
        verbose_name_plural = _("Takings by hour")
        constraints = [
            models.UniqueConstraint(fields=["hour", "channel", "currency"], name="billing_hourtakings_once"),
        ]

    def __str__(self) -> str:
        return f"{self.hour} {self.currency}"


class DayOutcomes(models.Model):
    """How many payments that were created on a day ended in a state, and what they took before refunds."""

    day = models.DateField(_("Day"))
    channel = _key("payments.Channel")
    pos = _key("payments.POS", null=True)
    card = _key("payments.Card", null=True)
    currency = CurrencyField(_("Currency"))
    is_three_d = models.BooleanField(_("3-D Secure"))
    state = models.CharField(_("State"), max_length=24)
    reason = models.CharField(_("Reason"), max_length=32)
    count = models.PositiveIntegerField(_("Payments"))
    amount = AmountField(_("Amount"))

    class Meta:
        verbose_name = _("Outcomes of a day")
        verbose_name_plural = _("Outcomes by day")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "channel", "pos", "card", "currency", "is_three_d", "state", "reason"],
                nulls_distinct=False,
                name="billing_dayoutcomes_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.state}"


class RollUp(models.Model):
    """One row: the sums hold all that was committed until then."""

    until = models.DateTimeField(_("Until"), null=True)

    class Meta:
        verbose_name = _("Roll-up")
        verbose_name_plural = _("Roll-ups")

    def __str__(self) -> str:
        return str(self.until)
