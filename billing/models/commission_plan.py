"""What a bank takes for a sale, and when it pays the rest."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.fields import AmountField, CurrencyField
from payments.models import CardPaymentType
from payments.models.base import Dated, tracked


class ValueRule(models.TextChoices):
    """When the bank pays. A day on which banks are closed moves to the next one on which they pay."""

    FIXED_DAYS = "fixed_days", _("All of it, a number of days after the sale")
    NEXT_WORKING_DAY = "next_working_day", _("All of it, on the next working day")
    BY_INSTALLMENT = "by_installment", _("Each installment, that number of days after the one before")


class BorneBy(models.TextChoices):
    """Who pays for installments."""

    MERCHANT = "merchant", _("Merchant")
    PAYER = "payer", _("Payer, by the interest")


@tracked()
class CommissionPlan(Dated):
    """An empty criterion fits every sale. Of several plans that fit a sale the one with the most criteria counts.

    A change counts for later sales: what was expected of earlier ones is kept (ExpectedPayout).
    """

    channel_path = "pos__channel"

    pos = models.ForeignKey(
        "payments.POS", verbose_name=_("POS"), on_delete=models.PROTECT, related_name="commission_plans"
    )
    card_type = models.ForeignKey(
        "payments.CardType",
        verbose_name=_("Card type"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="commission_plans",
        help_text=_("Empty: all."),
    )
    card_payment_type = models.CharField(
        _("Card payment type"),
        max_length=16,
        choices=CardPaymentType.choices,
        blank=True,
        default="",
        help_text=_("Empty: all."),
    )
    is_commercial = models.BooleanField(
        _("Commercial card"), null=True, blank=True, help_text=_("Empty: all.")
    )
    is_own_bank = models.BooleanField(
        _("The bank's own card"), null=True, blank=True, help_text=_("Empty: all.")
    )
    installments = models.PositiveSmallIntegerField(
        _("Installments"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text=_("1: single payment. Empty: all."),
    )
    currency = CurrencyField(_("Currency"), default="TRY")
    valid_from = models.DateField(_("Valid from"))
    valid_to = models.DateField(_("Valid to"), null=True, blank=True, help_text=_("The last day."))
    rate = models.DecimalField(
        _("Commission rate"),
        max_digits=7,
        decimal_places=4,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
        help_text=_("Percent of the amount: 2.5 takes 2.50 of 100.00."),
    )
    fixed_amount = AmountField(
        _("Fixed part"), default=0, validators=[MinValueValidator(Decimal(0))], help_text=_("For each sale.")
    )
    value_rule = models.CharField(
        _("Value date"), max_length=24, choices=ValueRule.choices, default=ValueRule.NEXT_WORKING_DAY
    )
    value_days = models.PositiveSmallIntegerField(
        _("Days until value"), default=0, validators=[MaxValueValidator(366)]
    )
    borne_by = models.CharField(
        _("Installments borne by"), max_length=8, choices=BorneBy.choices, default=BorneBy.MERCHANT
    )

    class Meta:
        verbose_name = _("Commission plan")
        verbose_name_plural = _("Commission plans")
        ordering = ["pos_id", "-valid_from", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=100), name="billing_plan_rate"),
            models.CheckConstraint(condition=Q(fixed_amount__gte=0), name="billing_plan_fixed_amount"),
            models.CheckConstraint(
                condition=Q(installments__isnull=True) | Q(installments__gte=1),
                name="billing_plan_installments",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="billing_plan_from_to",
            ),
            models.CheckConstraint(condition=Q(value_rule__in=ValueRule.values), name="billing_plan_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.pos} · {self.rate.normalize():f} %"
