import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.fields import CurrencyField


class ExchangeRate(models.Model):
    """An exchange rate for limits, entered by finance. Append-only: the latest valid rate counts."""

    currency = CurrencyField(_("Currency"))
    into = CurrencyField(_("Into"))
    rate = models.DecimalField(
        _("Rate"),
        max_digits=18,
        decimal_places=8,
        help_text=_("Value of one unit in the second currency."),
    )
    valid_from = models.DateField(_("Valid from"))
    created_at = models.DateTimeField(_("Created at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("Exchange rate")
        verbose_name_plural = _("Exchange rates")
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(rate__gt=0), name="billing_exchangerate_above_zero"),
            models.CheckConstraint(
                condition=~Q(currency=F("into")), name="billing_exchangerate_two_currencies"
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"1 {self.currency} = {self.rate.normalize():f} {self.into}"
