"""Which line of a statement is which booking of ours, by which rule or person; and what does not fit."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.models.fields import AmountField, CurrencyField
from billing.models.ledger import LedgerEntry
from billing.models.payment import Payment
from billing.models.statement import StatementLine
from payments.models.base import Dated, tracked


class Basis(models.TextChoices):
    """What a line and a booking have in common. The first three name one payment; the others must leave no choice."""

    NETTED = "netted", _("Order ID, payment less its refunds")
    ORDER_ID = "order_id", _("Order ID")
    BANK_REFERENCE = "bank_reference", _("Bank reference")
    AUTH_CODE = "auth_code", _("Authorization code, amount, day")
    CARD = "card", _("Last four digits, amount, day")


@tracked()
class MatchRule(Dated):
    """Rules are tried in the order of their priority; a line that one has matched is not tried again."""

    name = models.CharField(_("Name"), max_length=64)
    priority = models.PositiveSmallIntegerField(_("Priority"), help_text=_("The lowest first."))
    basis = models.CharField(_("Basis"), max_length=16, choices=Basis.choices)
    tolerance = AmountField(
        _("Tolerance"),
        default=0,
        help_text=_("How much the amounts may differ, where the rule compares them."),
    )
    days = models.PositiveSmallIntegerField(
        _("Days"), default=1, help_text=_("How much the days may differ, where the rule compares them.")
    )
    is_active = models.BooleanField(_("Is active"), default=True)

    history_texts: ClassVar = {"name": gettext}

    class Meta:
        verbose_name = _("Matching rule")
        verbose_name_plural = _("Matching rules")
        ordering = ["priority"]
        constraints = [
            models.UniqueConstraint(fields=["priority"], name="billing_matchrule_priority"),
            models.CheckConstraint(condition=Q(tolerance__gte=0), name="billing_matchrule_tolerance"),
            models.CheckConstraint(condition=Q(basis__in=Basis.values), name="billing_matchrule_basis"),
        ]

    def __str__(self) -> str:
        """The rules that every office starts with are named in the reader's language."""
        return gettext(self.name)


class StatementMatch(models.Model):
    """A line that is (a part of) a booking. Made by a rule, or by a person with a reason; ended by a person only.

    A pair that a person has ended is not made again by a rule.
    """

    channel_path = "entry__payment__channel"

    line = models.ForeignKey(
        StatementLine, verbose_name=_("Statement line"), on_delete=models.PROTECT, related_name="matches"
    )
    entry = models.ForeignKey(
        LedgerEntry, verbose_name=_("Ledger entry"), on_delete=models.PROTECT, related_name="matches"
    )
    rule = models.ForeignKey(
        MatchRule, verbose_name=_("Rule"), null=True, on_delete=models.PROTECT, related_name="matches"
    )
    matched_at = models.DateTimeField(_("Matched at"), auto_now_add=True)
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Matched by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reason = models.CharField(_("Reason"), max_length=500, blank=True, default="")
    ended_at = models.DateTimeField(_("Ended at"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Ended by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    end_reason = models.CharField(_("Why it was ended"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("Match")
        verbose_name_plural = _("Matches")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "entry"], condition=Q(ended_at__isnull=True), name="billing_match_once"
            ),
            models.CheckConstraint(
                condition=Q(rule__isnull=False) | ~Q(reason=""), name="billing_match_has_rule_or_reason"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | ~Q(end_reason=""), name="billing_match_ended_with_reason"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="facts_are_fixed", fields=["line", "entry", "rule", "matched_by", "reason"]
            ),
            pgtrigger.Protect(
                name="ended_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} = {self.entry}"


class DifferenceKind(models.TextChoices):
    AT_BANK_ONLY = "at_bank_only", _("At the bank and not with us")
    WITH_US_ONLY = "with_us_only", _("With us and not at the bank")
    AMOUNT = "amount", _("Amount differs")
    COMMISSION = "commission", _("Commission above plan")
    VALUE_DATE = "value_date", _("Value date late")
    REFUND_NOT_SENT = "refund_not_sent", _("Refund not at the bank")
    DOUBLE_LINE = "double_line", _("Line listed twice")
    UNKNOWN_TERMINAL = "unknown_terminal", _("Unknown terminal")


class Difference(models.Model):
    """What a statement and our books disagree about: work for a person, unless later evidence explains it."""

    channel_path = "bank__channel"

    kind = models.CharField(_("Kind"), max_length=24, choices=DifferenceKind.choices)
    bank = models.ForeignKey(
        "payments.Bank", verbose_name=_("Bank"), on_delete=models.PROTECT, related_name="+"
    )
    pos = models.ForeignKey(
        "payments.POS", verbose_name=_("POS"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    day = models.DateField(_("Day"))
    line = models.ForeignKey(
        StatementLine,
        verbose_name=_("Statement line"),
        null=True,
        on_delete=models.PROTECT,
        related_name="differences",
    )
    entry = models.ForeignKey(
        LedgerEntry,
        verbose_name=_("Ledger entry"),
        null=True,
        on_delete=models.PROTECT,
        related_name="differences",
    )
    payment = models.ForeignKey(
        Payment,
        verbose_name=_("Payment"),
        null=True,
        on_delete=models.PROTECT,
        related_name="differences",
    )
    expected = models.CharField(_("Expected"), max_length=64, blank=True, default="")
    found = models.CharField(_("Found"), max_length=64, blank=True, default="")
    amount = AmountField(_("Difference"))
    currency = CurrencyField(_("Currency"))
    opened_at = models.DateTimeField(_("Opened at"), auto_now_add=True)
    due_on = models.DateField(_("Due on"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Owner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    comment = models.TextField(_("Comment"), blank=True, default="")
    closed_at = models.DateTimeField(_("Closed at"), null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Closed by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Nobody: later evidence has explained it."),
    )
    resolution = models.CharField(_("Resolution"), max_length=500, blank=True, default="")
    write_off_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Write-off requested by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    is_written_off = models.BooleanField(_("Written off"), default=False)

    class Meta:
        verbose_name = _("Difference")
        verbose_name_plural = _("Differences")
        ordering = ["-pk"]
        permissions = [("close_difference", "Can close differences of statements and request write-offs")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "line"],
                condition=Q(closed_at__isnull=True, line__isnull=False),
                name="billing_difference_of_line",
            ),
            models.UniqueConstraint(
                fields=["kind", "entry"],
                condition=Q(closed_at__isnull=True, line__isnull=True),
                name="billing_difference_of_entry",
            ),
            models.CheckConstraint(
                condition=Q(line__isnull=False) | Q(entry__isnull=False), name="billing_difference_about"
            ),
            models.CheckConstraint(
                condition=Q(is_written_off=False)
                | (
                    Q(closed_by__isnull=False, write_off_asked_by__isnull=False)
                    & ~Q(closed_by=models.F("write_off_asked_by"))
                ),
                name="billing_difference_second_person",
            ),
        ]
        indexes = [
            models.Index(fields=["bank", "day"], name="billing_difference_day"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="facts_are_fixed", fields=["kind", "bank", "pos", "day", "line", "entry", "payment"]
            ),
            pgtrigger.Protect(
                name="closed_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.day}"
