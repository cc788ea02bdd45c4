import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.fields import AmountField
from billing.models.outbox import outbox_triggers
from billing.models.payment import Payment
from billing.states import OPEN_REFUND_STATES, REFUND_MOVES, SENT_REFUND_STATES, RefundState, transitions
from config.kit.lib.money import format_money
from payments.models.base import Dated, tracked

_OPEN = ", ".join(f"'{state}'" for state in OPEN_REFUND_STATES)


class RefundKind(models.TextChoices):
    REFUND = "refund", _("Refund")
    VOID = "void", _("Void")


@tracked()
class Refund(Dated):
    """A refund or void of a payment. Its amount is reserved on the payment as soon as it is requested."""

    channel_path = "payment__channel"

    payment = models.ForeignKey(
        Payment, verbose_name=_("Payment"), on_delete=models.PROTECT, related_name="refunds"
    )
    kind = models.CharField(_("Kind"), max_length=8, choices=RefundKind.choices)
    amount = AmountField(_("Amount"))
    reason = models.CharField(_("Reason"), max_length=500)
    state = models.CharField(_("State"), max_length=16, choices=RefundState.choices, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Requested by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Decided by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    send_after = models.DateTimeField(
        _("Send after"),
        null=True,
        editable=False,
        help_text=_("When a scheduled refund is sent to the bank."),
    )
    auth_code = models.CharField(_("Authorization code"), max_length=64, blank=True, default="")
    host_reference = models.CharField(
        _("Bank reference"), max_length=64, blank=True, default="", db_index=True
    )
    transaction_id = models.CharField(_("Transaction ID"), max_length=128, blank=True, default="")
    decision_note = models.CharField(_("Decision note"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("Refund")
        verbose_name_plural = _("Refunds")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_refund_amount_above_zero"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="billing_refund_second_person",
            ),
            models.CheckConstraint(condition=Q(state__in=RefundState.values), name="billing_refund_state"),
            models.CheckConstraint(
                condition=~Q(state=RefundState.SCHEDULED) | Q(send_after__isnull=False),
                name="billing_refund_scheduled_for",
            ),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(state__in=SENT_REFUND_STATES),
                name="billing_one_refund_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="billing_refund_by_state"),
            models.Index(
                fields=["send_after"], condition=Q(state=RefundState.SCHEDULED), name="billing_refund_to_send"
            ),
            models.Index(fields=["created_date", "id"], name="billing_refund_day"),
            models.Index(fields=["modified_date", "id"], name="billing_refund_modified"),
            models.Index(fields=["amount", "id"], name="billing_refund_by_amount"),
        ]
        triggers = [
            *outbox_triggers("refund", ("state",)),
            pgtrigger.FSM(name="allowed_moves", field="state", transitions=transitions(REFUND_MOVES)),
            pgtrigger.ReadOnly(name="facts_are_fixed", fields=["payment", "kind", "amount", "requested_by"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="reserves",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                func="""
                    UPDATE billing_payment SET reserved_amount = reserved_amount + NEW.amount
                    WHERE id = NEW.payment_id;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="gives_free",
                operation=pgtrigger.UpdateOf("state"),
                when=pgtrigger.After,
                # done: the ledger entry moves the amount from reserved to refunded
                func=f"""
                    IF OLD.state IN ({_OPEN}) AND NEW.state IN ('declined', 'rejected') THEN
                        UPDATE billing_payment SET reserved_amount = reserved_amount - NEW.amount
                        WHERE id = NEW.payment_id;
                    ELSIF OLD.state = 'declined' AND NEW.state = 'done' THEN
                        UPDATE billing_payment SET reserved_amount = reserved_amount + NEW.amount
                        WHERE id = NEW.payment_id;
                    END IF;
                    RETURN NULL;
                """,  # noqa: S608 constants
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {format_money(self.amount, self.payment.currency)}"
