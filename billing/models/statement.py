"""Banks' statements: how a bank's file is read, the files, and their lines."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.fields import AmountField, CurrencyField
from billing.models.ledger import APPEND_ONLY
from config.kit.lib.encrypted_model import EncryptedModel
from config.kit.lib.encryption import EncryptedJSONField
from payments.models.base import Dated, tracked


class Encoding(models.TextChoices):
    UTF_8 = "utf-8", "UTF-8"
    WINDOWS_1254 = "windows-1254", "Windows-1254"


class DateFormat(models.TextChoices):
    ISO = "%Y-%m-%d", "2026-12-31"
    DOTS = "%d.%m.%Y", "31.12.2026"
    SLASHES = "%d/%m/%Y", "31/12/2026"
    PLAIN = "%Y%m%d", "20261231"


class Separator(models.TextChoices):
    COMMA = ",", _("Comma: 1.234,56")
    POINT = ".", _("Point: 1,234.56")


class LineKind(models.TextChoices):
    SALE = "sale", _("Sale")
    REFUND = "refund", _("Refund")


@tracked()
class StatementLayout(Dated):
    """How a bank writes the list of a day: its headings, words and numbers. CSV and Excel files alike."""

    channel_path = "bank__channel"

    bank = models.ForeignKey(
        "payments.Bank", verbose_name=_("Bank"), on_delete=models.PROTECT, related_name="statement_layouts"
    )
    name = models.CharField(_("Name"), max_length=64)
    encoding = models.CharField(
        _("Encoding"), max_length=16, choices=Encoding.choices, default=Encoding.UTF_8
    )
    date_format = models.CharField(
        _("Dates"), max_length=16, choices=DateFormat.choices, default=DateFormat.ISO
    )
    decimal_separator = models.CharField(
        _("Decimal separator"), max_length=1, choices=Separator.choices, default=Separator.COMMA
    )
    currency = CurrencyField(_("Currency"), default="TRY", help_text=_("Of lines that name none."))
    columns: Any = models.JSONField(
        _("Columns"),
        default=dict,
        help_text=_('Our field and the heading in the file: {"gross": "Tutar"}.'),
    )
    refund_words: Any = models.JSONField(
        _("Words for refunds"),
        default=list,
        blank=True,
        help_text=_('In the column kind: ["İADE", "İPTAL"]. Every other word is a sale.'),
    )
    footer_word = models.CharField(
        _("Word of the totals"),
        max_length=32,
        blank=True,
        default="",
        help_text=_(
            "In the column terminal_number of the last line. A file without it was cut and is refused."
        ),
    )

    class Meta:
        verbose_name = _("Statement layout")
        verbose_name_plural = _("Statement layouts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["bank", "name"], name="billing_layout_name"),
        ]

    def __str__(self) -> str:
        return f"{self.bank} · {self.name}"


class Statement(models.Model):
    """A bank's file as it was loaded. Append-only."""

    channel_path = "layout__bank__channel"

    layout = models.ForeignKey(
        StatementLayout, verbose_name=_("Layout"), on_delete=models.PROTECT, related_name="statements"
    )
    name = models.CharField(_("File"), max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.BigIntegerField(_("Size"))
    first_day = models.DateField(_("First day"))
    last_day = models.DateField(_("Last day"))
    loaded_at = models.DateTimeField(_("Loaded at"), auto_now_add=True)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Loaded by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("Statement")
        verbose_name_plural = _("Statements")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["layout", "sha256"], name="billing_statement_file_once"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="billing_statement_days"),
        ]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.name


class StatementPart(EncryptedModel):
    """A piece of the original file, Base64, encrypted. In the database, so that key rotations and backups have it."""

    channel_path = "statement__layout__bank__channel"

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    data: Any = EncryptedJSONField()

    class Meta:
        verbose_name = _("Part of a statement")
        verbose_name_plural = _("Parts of statements")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="billing_statementpart_once")
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.statement_id}/{self.number}"


class StatementLine(models.Model):
    """A line as the bank wrote it; `gross` is positive for refunds, too. Append-only.

    `fingerprint` is a hash of all that it says. The same line in another file is not stored again; a line that is in
    one file twice has the `occurrence` 2.
    """

    channel_path = "statement__layout__bank__channel"

    statement = models.ForeignKey(
        Statement, verbose_name=_("Statement"), on_delete=models.PROTECT, related_name="lines"
    )
    bank = models.ForeignKey(
        "payments.Bank", verbose_name=_("Bank"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    pos = models.ForeignKey(
        "payments.POS",
        verbose_name=_("POS"),
        null=True,
        on_delete=models.PROTECT,
        related_name="statement_lines",
        db_index=False,
    )
    line = models.PositiveIntegerField(_("Line"))
    kind = models.CharField(_("Kind"), max_length=8, choices=LineKind.choices)
    terminal_number = models.CharField(_("Terminal number"), max_length=32)
    order_id = models.CharField(_("Order ID"), max_length=64, blank=True, default="", db_index=True)
    host_reference = models.CharField(_("Bank reference"), max_length=64, blank=True, default="")
    auth_code = models.CharField(_("Authorization code"), max_length=64, blank=True, default="")
    last_four = models.CharField(_("Last four digits"), max_length=4, blank=True, default="")
    sold_on = models.DateField(_("Day of the sale"))
    value_date = models.DateField(_("Value date"), null=True)
    installment_number = models.PositiveSmallIntegerField(_("Installment"), null=True)
    gross = AmountField(_("Gross"))
    commission = AmountField(_("Commission"), null=True)
    net = AmountField(_("Net"), null=True)
    currency = CurrencyField(_("Currency"))
    fingerprint = models.CharField(max_length=32, editable=False)
    occurrence = models.PositiveSmallIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("Statement line")
        verbose_name_plural = _("Statement lines")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["bank", "fingerprint", "occurrence"], name="billing_statementline_once"
            ),
            models.CheckConstraint(condition=Q(gross__gt=0), name="billing_statementline_gross"),
        ]
        indexes = [models.Index(fields=["pos", "sold_on"], name="billing_statementline_day")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.sold_on} {self.order_id or self.host_reference} {self.gross} {self.currency}"
