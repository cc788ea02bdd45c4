import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.commission_plan import CommissionPlan
from billing.models.fields import AmountField, CurrencyField
from billing.models.ledger import APPEND_ONLY
from billing.models.payment import Payment


class ExpectedPayout(models.Model):
    """What the bank owes for a capture, by the plan of its day: one row, or one for each installment. Never changed.

    Without a plan only the gross amount is known.
    """

    channel_path = "payment__channel"

    payment = models.ForeignKey(
        Payment, verbose_name=_("Payment"), on_delete=models.PROTECT, related_name="expected_payouts"
    )
    pos = models.ForeignKey(
        "payments.POS", verbose_name=_("POS"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    plan = models.ForeignKey(
        CommissionPlan,
        verbose_name=_("Commission plan"),
        null=True,
        on_delete=models.PROTECT,
        related_name="expected_payouts",
    )
    number = models.PositiveSmallIntegerField(_("Number"))
    gross = AmountField(_("Gross"))
    commission = AmountField(_("Commission"), null=True)
    net = AmountField(_("Net"), null=True)
    currency = CurrencyField(_("Currency"))
    sold_on = models.DateField(_("Day of the sale"))
    value_date = models.DateField(_("Value date"), null=True)

    class Meta:
        verbose_name = _("Expected payout")
        verbose_name_plural = _("Expected payouts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["payment", "number"], name="billing_payout_once"),
            models.CheckConstraint(condition=Q(gross__gte=0), name="billing_payout_gross"),
            models.CheckConstraint(
                condition=Q(plan__isnull=True, commission=None, net=None, value_date=None)
                | Q(plan__isnull=False, value_date__isnull=False, net=F("gross") - F("commission")),
                name="billing_payout_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["pos", "sold_on"], name="billing_payout_day"),
            models.Index(fields=["value_date", "pos"], name="billing_payout_value"),
        ]
        triggers = [
            APPEND_ONLY,
            # Deferred, and once for each capture: its rows are written by one statement.
            pgtrigger.Trigger(
                name="is_the_payment",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__number=1),
                func="""
                    IF NOT EXISTS (
                        SELECT FROM billing_payment AS payment
                        WHERE payment.id = NEW.payment_id AND payment.currency = NEW.currency
                          AND payment.captured_amount
                              = (SELECT sum(gross) FROM billing_expectedpayout WHERE payment_id = NEW.payment_id)
                    ) THEN
                        RAISE EXCEPTION 'Expected payouts do not add up to their payment'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payout_is_the_payment';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment} {self.number}: {self.gross} {self.currency}"
