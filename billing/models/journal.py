"""The journal: double entry over what the ledger, the statements and the write-offs say."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.fields import AmountField, CurrencyField
from billing.models.ledger import APPEND_ONLY, LedgerEntry
from billing.models.matching import Difference
from billing.models.statement import StatementLine
from payments.models.base import Dated, tracked


class AccountRole(models.TextChoices):
    """What the journal posts to an account."""

    CARDS = "cards", _("Owed by banks for card sales")
    CUSTOMERS = "customers", _("Customers")
    INTEREST = "interest", _("Installment interest of payers")
    COMMISSION = "commission", _("Commission of banks")
    BANK = "bank", _("Banks")
    OUTSIDE = "outside", _("Received outside")
    WRITE_OFF = "write_off", _("Write-offs")


@tracked()
class JournalAccount(Dated):
    """The chart of accounts: one account for each role, with the number that bookkeeping gives it."""

    role = models.CharField(_("Role"), max_length=16, choices=AccountRole.choices)
    code = models.CharField(_("Account code"), max_length=32)
    name = models.CharField(_("Name"), max_length=128)

    class Meta:
        verbose_name = _("Journal account")
        verbose_name_plural = _("Journal accounts")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["role"], name="billing_journalaccount_role")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class JournalKind(models.TextChoices):
    CAPTURE = "capture", _("Capture")
    REFUND = "refund", _("Refund")
    COMMISSION = "commission", _("Commission")
    VALUE = "value", _("Value date")
    WRITE_OFF = "write_off", _("Write-off")


class JournalEntry(models.Model):
    """One event: a booking of the ledger, a line of a statement, or a write-off. Append-only."""

    channel_path = "ledger_entry__payment__channel"

    kind = models.CharField(_("Kind"), max_length=16, choices=JournalKind.choices)
    day = models.DateField(_("Day"), db_index=True)
    text = models.CharField(_("Text"), max_length=200)
    ledger_entry = models.ForeignKey(
        LedgerEntry,
        verbose_name=_("Ledger entry"),
        null=True,
        on_delete=models.PROTECT,
        related_name="journal",
    )
    line = models.ForeignKey(
        StatementLine,
        verbose_name=_("Statement line"),
        null=True,
        on_delete=models.PROTECT,
        related_name="journal",
    )
    difference = models.ForeignKey(
        Difference, verbose_name=_("Difference"), null=True, on_delete=models.PROTECT, related_name="journal"
    )
    posted_at = models.DateTimeField(_("Posted at"), auto_now_add=True)

    class Meta:
        verbose_name = _("Journal entry")
        verbose_name_plural = _("Journal")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ledger_entry"],
                condition=Q(ledger_entry__isnull=False),
                name="billing_journal_ledger_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "line"], condition=Q(line__isnull=False), name="billing_journal_line_once"
            ),
            models.UniqueConstraint(
                fields=["difference"],
                condition=Q(difference__isnull=False),
                name="billing_journal_difference_once",
            ),
        ]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.day} {self.text}"


class JournalLine(models.Model):
    """A side of an entry. The sides of an entry are equal when its transaction commits."""

    entry = models.ForeignKey(
        JournalEntry, verbose_name=_("Journal entry"), on_delete=models.PROTECT, related_name="lines"
    )
    account = models.ForeignKey(
        JournalAccount, verbose_name=_("Journal account"), on_delete=models.PROTECT, related_name="lines"
    )
    debit = AmountField(_("Debit"), default=0)
    credit = AmountField(_("Credit"), default=0)
    currency = CurrencyField(_("Currency"))

    class Meta:
        verbose_name = _("Journal line")
        verbose_name_plural = _("Journal lines")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0), name="billing_journal_one_side"
            )
        ]
        triggers = [
            APPEND_ONLY,
            pgtrigger.Trigger(
                name="balances",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func="""
                    IF EXISTS (
                        SELECT FROM billing_journalline WHERE entry_id = NEW.entry_id
                        GROUP BY currency HAVING sum(debit) <> sum(credit)
                    ) THEN
                        RAISE EXCEPTION 'Debit and credit of a journal entry differ'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_journal_balances';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.debit or -self.credit} {self.currency}"
