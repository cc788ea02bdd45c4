from decimal import Decimal
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from billing.models.account import Account, Subscription
from billing.models.bill import Bill
from billing.models.fields import AmountField, CurrencyField
from billing.models.outbox import outbox_triggers
from billing.models.payment_method import PaymentMethod
from billing.models.payment_triggers import (
    BILLS_FOLLOW_STATE,
    NAMES_THE_VERSION,
    POS_CHANGES_BY_FAILOVER,
    RESERVES_WHAT_IS_OPEN,
    STARTS_WITH_NOTHING,
    STATE_AGREES_WITH_LEDGER,
    SUMS_FOLLOW_LEDGER,
)
from billing.states import PAYMENT_MOVES, PaymentState, transitions
from payments.models.base import Dated, tracked
from payments.route_reasons import in_language


class ReceivedAs(models.TextChoices):
    """How money was received that no POS has charged."""

    CASH = "cash", _("Cash")
    CHECK = "check", _("Check")


@tracked()
class Payment(Dated):
    """A payment of a payer. `order_id` is the order number at the bank.

    Only triggers on the ledger, refunds and allocations write the sums (`captured_amount` and so on).
    """

    order_id = models.CharField(_("Order ID"), max_length=32, editable=False)
    channel = models.ForeignKey(
        "payments.Channel", verbose_name=_("Channel"), on_delete=models.PROTECT, related_name="payments"
    )
    account = models.ForeignKey(
        Account, verbose_name=_("Account"), on_delete=models.PROTECT, related_name="payments"
    )
    subscription = models.ForeignKey(
        Subscription,
        verbose_name=_("Subscription"),
        null=True,
        on_delete=models.PROTECT,
        related_name="payments",
    )
    bills = models.ManyToManyField(Bill, through="billing.PaymentBill", related_name="payments")
    pos = models.ForeignKey(
        "payments.POS",
        verbose_name=_("POS"),
        null=True,
        on_delete=models.PROTECT,
        related_name="payments",
        help_text=_("Empty for money received outside."),
    )
    pos_version = models.ForeignKey(
        "payments.PosVersion",
        verbose_name=_("Version of the POS"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The POS as it was when the payment was made."),
    )
    received_as = models.CharField(
        _("Received as"), max_length=8, choices=ReceivedAs.choices, blank=True, default="", editable=False
    )
    route_reason = models.CharField(_("Route"), max_length=200, blank=True, default="")
    card = models.ForeignKey(
        "payments.Card", verbose_name=_("Card"), null=True, on_delete=models.PROTECT, related_name="payments"
    )
    payment_method = models.ForeignKey(
        PaymentMethod,
        verbose_name=_("Payment method"),
        null=True,
        on_delete=models.PROTECT,
        related_name="payments",
    )
    masked_card = models.CharField(_("Card number"), max_length=19, blank=True, default="", db_index=True)
    installments = models.PositiveSmallIntegerField(_("Installments"), default=1)
    amount = AmountField(_("Amount"))
    fee_amount = AmountField(
        _("Fee"), default=0, help_text=_("Installment interest, included in the amount.")
    )
    currency = CurrencyField(_("Currency"))
    is_three_d = models.BooleanField(_("3-D Secure"), default=False)
    state = models.CharField(
        _("State"), max_length=24, choices=PaymentState.choices, default=PaymentState.CREATED, editable=False
    )
    captured_amount = AmountField(_("Captured"), default=0, editable=False)
    refunded_amount = AmountField(_("Refunded"), default=0, editable=False)
    reserved_amount = AmountField(_("Reserved for refunds"), default=0, editable=False)
    allocated_amount = AmountField(_("Allocated"), default=0, editable=False)
    auth_code = models.CharField(_("Authorization code"), max_length=64, blank=True, default="")
    host_reference = models.CharField(
        _("Bank reference"), max_length=64, blank=True, default="", db_index=True
    )
    transaction_id = models.CharField(
        _("Transaction ID"), max_length=128, blank=True, default="", db_index=True
    )
    item_id = models.CharField(_("Item ID"), max_length=64, blank=True, default="")
    reason = models.CharField(_("Reason"), max_length=32, blank=True, default="")
    payer_ip = models.GenericIPAddressField(_("Payer's IP address"), null=True)
    source = models.CharField(_("Source"), max_length=32, default="api")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Created by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    expires_at = models.DateTimeField(_("Expires at"), null=True, editable=False)
    next_check_at = models.DateTimeField(_("Next status query at"), null=True, editable=False)
    checks = models.PositiveSmallIntegerField(_("Status queries"), default=0, editable=False)

    history_texts: ClassVar = {"route_reason": in_language}
    """How a history shows a value."""

    class Meta:
        verbose_name = _("Payment")
        verbose_name_plural = _("Payments")
        ordering = ["-created_date", "-pk"]  # days are the most frequent filter; an index covers both
        permissions = [
            ("record_payment", "Can record money received outside"),
            ("refund_payment", "Can refund and void payments"),
            ("approve_refund", "Can approve refunds requested by others"),
            ("reconcile_payment", "Can query the bank about payments"),
            ("settle_payment", "Can settle payments manually"),
            ("allocate_payment", "Can allocate payments to bills and remove allocations"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["order_id"], name="billing_payment_order_id"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_payment_amount_above_zero"),
            models.CheckConstraint(
                condition=Q(fee_amount__gte=0) & Q(fee_amount__lt=F("amount")),
                name="billing_payment_fee_below_amount",
            ),
            models.CheckConstraint(
                condition=Q(captured_amount__gte=0) & Q(captured_amount__lte=F("amount")),
                name="billing_payment_captured_at_most_amount",
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0)
                & Q(reserved_amount__gte=0)
                & Q(captured_amount__gte=F("refunded_amount") + F("reserved_amount")),
                name="billing_payment_refunded_at_most_captured",
            ),
            models.CheckConstraint(
                condition=Q(allocated_amount__gte=0)
                & Q(captured_amount__gte=F("allocated_amount") + F("refunded_amount")),
                name="billing_payment_allocated_at_most_captured",
            ),
            models.CheckConstraint(condition=Q(state__in=PaymentState.values), name="billing_payment_state"),
            models.CheckConstraint(
                condition=Q(received_as="", pos__isnull=False)
                | Q(received_as__in=ReceivedAs.values, pos__isnull=True, created_by__isnull=False),
                name="billing_payment_pos_or_received",
            ),
            models.CheckConstraint(
                condition=Q(pos__isnull=True, pos_version__isnull=True)
                | Q(pos__isnull=False, pos_version__isnull=False),
                name="billing_payment_pos_has_version",
            ),
        ]
        indexes = [
            models.Index(fields=["modified_date", "id"], name="billing_payment_modified"),
            models.Index(fields=["amount", "id"], name="billing_payment_by_amount"),
            models.Index(fields=["currency", "id"], name="billing_payment_by_currency"),
            models.Index(
                fields=["auth_code"],
                opclasses=["varchar_pattern_ops"],
                name="billing_payment_auth_code",
            ),
            models.Index(
                fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="billing_payment_due"
            ),
            models.Index(fields=["state", "created_date", "id"], name="billing_payment_state_day"),
            models.Index(
                fields=["id"], condition=Q(reason="captured_late"), name="billing_payment_captured_late"
            ),
            models.Index(fields=["created_date", "id"], name="billing_payment_day"),
            models.Index(
                fields=["id"],
                condition=Q(
                    captured_amount__gt=F("allocated_amount")
                    + F("refunded_amount")
                    + F("reserved_amount")
                    + F("fee_amount")
                ),
                name="billing_payment_unallocated",
            ),
            # filters of the desk, without the value that nearly all payments have
            models.Index(
                fields=["reason", "created_date", "id"],
                condition=~Q(reason=""),
                name="billing_payment_reason",
            ),
            models.Index(
                fields=["installments", "created_date", "id"],
                condition=Q(installments__gt=1),
                name="billing_payment_installments",
            ),
            models.Index(
                fields=["source", "created_date", "id"],
                condition=~Q(source="api"),
                name="billing_payment_source",
            ),
            models.Index(Right("masked_card", 4), "created_date", "id", name="billing_payment_last_four"),
        ]
        triggers = [
            pgtrigger.FSM(name="allowed_moves", field="state", transitions=transitions(PAYMENT_MOVES)),
            pgtrigger.ReadOnly(
                name="facts_are_fixed",
                fields=[
                    "order_id",
                    "channel",
                    "account",
                    "amount",
                    "fee_amount",
                    "currency",
                    "installments",
                    "payment_method",
                    "received_as",
                    "created_by",
                ],
            ),
            POS_CHANGES_BY_FAILOVER,
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            STARTS_WITH_NOTHING,
            NAMES_THE_VERSION,
            STATE_AGREES_WITH_LEDGER,
            BILLS_FOLLOW_STATE,
            SUMS_FOLLOW_LEDGER,
            *outbox_triggers("payment", ("state", "allocated_amount", "refunded_amount")),
        ]

    def __str__(self) -> str:
        return self.order_id

    @property
    def refundable_amount(self) -> Decimal:
        """What can still be refunded."""
        return self.captured_amount - self.refunded_amount - self.reserved_amount

    @property
    def unallocated_amount(self) -> Decimal:
        """The account's credit: neither allocated to bills nor refunded or reserved for refunds. Excludes interest."""
        if not self.captured_amount:
            return Decimal(0)
        return max(Decimal(0), self.refundable_amount - self.allocated_amount - self.fee_amount)


class PaymentBill(models.Model):
    """A bill that a payment is for, and the part of its amount. A bill has at most one open payment."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="payment_bills")
    bill = models.ForeignKey(
        Bill, verbose_name=_("Bill"), on_delete=models.PROTECT, related_name="payment_bills"
    )
    amount = AmountField(_("Amount"))
    is_open = models.BooleanField(_("Is open"), default=True, editable=False)

    class Meta:
        verbose_name = _("Bill of a payment")
        verbose_name_plural = _("Bills of a payment")
        constraints = [
            models.UniqueConstraint(fields=["payment", "bill"], name="billing_paymentbill_once"),
            models.UniqueConstraint(
                fields=["bill"], condition=Q(is_open=True), name="billing_one_open_payment_per_bill"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_paymentbill_amount"),
        ]
        triggers = [
            RESERVES_WHAT_IS_OPEN,
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.bill_id}"
