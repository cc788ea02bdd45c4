from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from billing.models.account import Subscription
from billing.models.fields import AmountField, CurrencyField
from payments.models.base import Dated, tracked

MAX_NUMBER = 2**31 - 1  # the contracts' bill id is an int32


class BillStatus(models.TextChoices):
    OPEN = "open", _("Open")
    PAID = "paid", _("Paid")
    SETTLED = "settled", _("Settled")
    CANCELED = "canceled", _("Canceled")


CLOSED_MANUALLY = (BillStatus.SETTLED, BillStatus.CANCELED)

# FOR UPDATE waits for transactions that are adding a payment to the bill.
AMOUNT_IS_FIXED = pgtrigger.Trigger(
    name="amount_is_fixed",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__amount__df=pgtrigger.F("new__amount"))
    | pgtrigger.Q(old__currency__df=pgtrigger.F("new__currency"))
    | pgtrigger.Q(old__subscription_id__df=pgtrigger.F("new__subscription_id")),
    func="""
        PERFORM FROM billing_bill WHERE id = OLD.id FOR UPDATE;
        IF EXISTS (SELECT FROM billing_paymentbill WHERE bill_id = OLD.id)
            OR EXISTS (SELECT FROM billing_allocation WHERE bill_id = OLD.id) THEN
            RAISE EXCEPTION 'A bill with a payment on it cannot change its amount'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_bill_amount_is_fixed';
        END IF;
        RETURN NEW;
    """,
)

# The key share prevents changes of the account's currency until the bill is committed.
_SAME_CURRENCY = """
        PERFORM FROM billing_account WHERE id IN (
            SELECT account_id FROM billing_subscription WHERE id IN ({subscriptions})
        ) FOR KEY SHARE;
        IF EXISTS (
            SELECT FROM billing_subscription AS subscription
            JOIN billing_account AS account ON account.id = subscription.account_id
            JOIN {bills} AS bill ON bill.subscription_id = subscription.id
            WHERE bill.currency <> account.currency
        ) THEN
            RAISE EXCEPTION 'A bill has the currency of its account'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_bill_currency_of_account';
        END IF;
        RETURN NULL;
    """
CURRENCY_OF_ACCOUNT = (
    # one check per statement: imports insert a million bills at once
    pgtrigger.Trigger(
        name="currency_of_new",
        level=pgtrigger.Statement,
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        referencing=pgtrigger.Referencing(new="new_bills"),
        func=_SAME_CURRENCY.format(subscriptions="SELECT subscription_id FROM new_bills", bills="new_bills"),
    ),
    pgtrigger.Trigger(
        name="currency_of_changed",
        operation=pgtrigger.Update,
        when=pgtrigger.After,
        condition=pgtrigger.Q(old__currency__df=pgtrigger.F("new__currency"))
        | pgtrigger.Q(old__subscription_id__df=pgtrigger.F("new__subscription_id")),
        func=_SAME_CURRENCY.format(
            subscriptions="NEW.subscription_id", bills="(SELECT NEW.subscription_id, NEW.currency)"
        ),
    ),
)

PAID_BY_ALLOCATION = pgtrigger.Trigger(
    name="paid_by_allocation",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__paid_amount__df=pgtrigger.F("new__paid_amount")),
    func="""
        IF pg_trigger_depth() < 2 THEN
            RAISE EXCEPTION 'What is paid of a bill follows from its allocations'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_bill_paid_by_allocation';
        END IF;
        RETURN NEW;
    """,
)


@tracked()
class Bill(Dated):
    """What a subscription owes. `number` is the bill id of the contracts; allocations set the paid amount."""

    channel_path = "subscription__account__channel"

    number = models.IntegerField(
        _("Number"), blank=True, help_text=_("Leave empty to assign the next free number.")
    )
    subscription = models.ForeignKey(
        Subscription,
        verbose_name=_("Subscription"),
        on_delete=models.PROTECT,
        related_name="bills",
        db_index=False,  # covered by the index on subscription and issue date
    )
    amount = AmountField(_("Amount"))
    currency = CurrencyField(_("Currency"), default="TRY")
    issued_on = models.DateField(_("Issued on"))
    due_on = models.DateField(_("Due on"))
    description = models.CharField(_("Description"), max_length=500, blank=True, default="")
    paid_amount = AmountField(_("Paid amount"), default=Decimal(0), editable=False)
    paid_at = models.DateTimeField(_("Paid at"), null=True, editable=False)
    closed_as = models.CharField(
        _("Closed as"),
        max_length=16,
        null=True,
        blank=True,
        editable=False,
        choices=[(status.value, status.label) for status in CLOSED_MANUALLY],
    )
    closed_reason = models.CharField(
        _("Reason for closing"), max_length=500, blank=True, default="", editable=False
    )
    status = models.GeneratedField(
        expression=Case(
            When(closed_as__isnull=False, then=F("closed_as")),
            When(paid_amount__gte=F("amount"), then=Value(BillStatus.PAID.value)),
            default=Value(BillStatus.OPEN.value),
        ),
        output_field=models.CharField(_("Status"), max_length=16, choices=BillStatus.choices),
        db_persist=True,
        verbose_name=_("Status"),
    )

    class Meta:
        verbose_name = _("Bill")
        verbose_name_plural = _("Bills")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="billing_bill_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="billing_bill_number_from_1"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_bill_amount_above_zero"),
            models.CheckConstraint(
                condition=Q(paid_amount__gte=0) & Q(paid_amount__lte=F("amount")),
                name="billing_bill_paid_at_most_amount",
            ),
            models.CheckConstraint(
                condition=Q(closed_as__isnull=True) | ~Q(closed_as=BillStatus.CANCELED) | Q(paid_amount=0),
                name="billing_bill_canceled_holds_no_money",
            ),
            models.CheckConstraint(
                condition=Q(closed_as__isnull=True)
                | Q(closed_as__in=[status.value for status in CLOSED_MANUALLY]),
                name="billing_bill_closed_as",
            ),
        ]
        indexes = [
            models.Index(fields=["subscription", "issued_on"], name="billing_bill_issued"),
            models.Index(fields=["due_on"], name="billing_bill_due"),
        ]
        triggers = [AMOUNT_IS_FIXED, PAID_BY_ALLOCATION, *CURRENCY_OF_ACCOUNT]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def open_amount(self) -> Decimal:
        """What is still to be paid: 0 for a bill that was closed manually."""
        return Decimal(0) if self.closed_as else self.amount - self.paid_amount
