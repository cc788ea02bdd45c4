from dataclasses import dataclass

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.attempt import PaymentAttempt
from billing.models.bill import Bill
from billing.models.fields import AmountField, CurrencyField
from billing.models.payment import Payment
from billing.models.refund import Refund

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class LedgerKind(models.TextChoices):
    CAPTURE = "capture", _("Capture")
    REFUND = "refund", _("Refund")
    VOID = "void", _("Void")


@dataclass(frozen=True)
class LedgerEffect:
    """What an entry adds to the sums of its payment: 1, 0 or -1 times its amount.

    `follows_refund`: the entry references the refund that it books. `has_attempt`: it references the attempt that is
    its evidence; a kind that comes from a bank's statement has none.
    """

    captured: int = 0
    refunded: int = 0
    reserved: int = 0
    follows_refund: bool = False
    has_attempt: bool = True


LEDGER_EFFECTS = {
    LedgerKind.CAPTURE: LedgerEffect(captured=1),
    LedgerKind.REFUND: LedgerEffect(refunded=1, reserved=-1, follows_refund=True),
    LedgerKind.VOID: LedgerEffect(refunded=1, reserved=-1, follows_refund=True),
}
"""The ledger's trigger and check constraints are made from this table. A new kind needs only a row here."""


def _kinds(attribute: str) -> list[str]:
    return [kind.value for kind, effect in LEDGER_EFFECTS.items() if getattr(effect, attribute)]


def _change(column: str) -> str:
    """SQL that adds the effect of NEW to a sum of its payment."""
    cases = " ".join(
        f"WHEN '{kind}' THEN NEW.amount * {getattr(effect, column)}"
        for kind, effect in LEDGER_EFFECTS.items()
        if getattr(effect, column)
    )
    return f"{column}_amount = {column}_amount + CASE NEW.kind {cases} ELSE 0 END"


class LedgerEntry(models.Model):
    """A movement of money. Append-only; a trigger updates the payment's sums."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="ledger")
    kind = models.CharField(_("Kind"), max_length=16, choices=LedgerKind.choices)
    amount = AmountField(_("Amount"))
    currency = CurrencyField(_("Currency"))
    attempt = models.ForeignKey(PaymentAttempt, null=True, on_delete=models.PROTECT, related_name="ledger")
    refund = models.ForeignKey(Refund, null=True, on_delete=models.PROTECT, related_name="ledger")
    created_at = models.DateTimeField(_("Created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("Ledger entry")
        verbose_name_plural = _("Ledger")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_ledger_amount_above_zero"),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(kind=LedgerKind.CAPTURE), name="billing_ledger_one_capture"
            ),
            models.UniqueConstraint(
                fields=["refund"],
                condition=Q(refund__isnull=False),
                name="billing_ledger_one_entry_per_refund",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=_kinds("follows_refund"), refund__isnull=False)
                | (~Q(kind__in=_kinds("follows_refund")) & Q(refund__isnull=True)),
                name="billing_ledger_refund_named",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=_kinds("has_attempt")) | Q(attempt__isnull=False),
                name="billing_ledger_attempt_named",
            ),
            models.CheckConstraint(condition=Q(kind__in=LedgerKind.values), name="billing_ledger_kind"),
        ]
        triggers = [
            APPEND_ONLY,
            pgtrigger.Trigger(
                name="keeps_sums",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                func=f"""
                    UPDATE billing_payment SET
                        {", ".join(_change(column) for column in ("captured", "refunded", "reserved"))}
                    WHERE id = NEW.payment_id AND currency = NEW.currency;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'Ledger entry in another currency than its payment'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_ledger_currency';
                    END IF;
                    RETURN NULL;
                """,  # noqa: S608 constants
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}"


class Allocation(models.Model):
    """An amount of a payment allocated to a bill; a negative amount removes it. Append-only."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="allocations")
    amount = AmountField(_("Amount"))
    reason = models.CharField(_("Reason"), max_length=500, blank=True, default="")
    created_at = models.DateTimeField(_("Created at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("Allocation")
        verbose_name_plural = _("Allocations")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="billing_allocation_moves_something")
        ]
        triggers = [
            APPEND_ONLY,
            pgtrigger.Trigger(
                name="keeps_sums",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                func="""
                    UPDATE billing_payment SET allocated_amount = allocated_amount + NEW.amount
                    WHERE id = NEW.payment_id;
                    UPDATE billing_bill AS bill SET
                        paid_amount = bill.paid_amount + NEW.amount,
                        paid_at = CASE WHEN bill.paid_amount + NEW.amount >= bill.amount THEN now() END
                    FROM billing_payment AS payment
                    WHERE bill.id = NEW.bill_id AND payment.id = NEW.payment_id
                      AND payment.currency = bill.currency;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'Allocation across currencies'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_allocation_currency';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} → {self.bill_id}"
