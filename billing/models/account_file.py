"""Statements of the seller's bank accounts: what has really arrived."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.fields import AmountField, CurrencyField
from billing.models.ledger import APPEND_ONLY
from config.kit.lib.encrypted_model import EncryptedModel
from config.kit.lib.encryption import EncryptedJSONField


class AccountFile(EncryptedModel):
    """An MT940 or CAMT.053 file as it was loaded, its original encrypted (Base64)."""

    channel_path = "account__channel"

    account = models.ForeignKey(
        "payments.BankAccount",
        verbose_name=_("Bank account"),
        on_delete=models.PROTECT,
        related_name="account_files",
    )
    name = models.CharField(_("File"), max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    opening = AmountField(_("Opening balance"))
    closing = AmountField(_("Closing balance"))
    currency = CurrencyField(_("Currency"))
    original: Any = EncryptedJSONField()
    loaded_at = models.DateTimeField(_("Loaded at"), auto_now_add=True)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Loaded by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("Account statement")
        verbose_name_plural = _("Account statements")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["account", "sha256"], name="billing_accountfile_once")]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="facts_are_fixed",
                fields=["account", "sha256", "opening", "closing", "currency", "loaded_by"],
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AccountMovement(models.Model):
    """Money that arrived on an account (above zero) or left it. Append-only, each once, as statement lines."""

    channel_path = "account__channel"

    file = models.ForeignKey(
        AccountFile, verbose_name=_("Account statement"), on_delete=models.PROTECT, related_name="movements"
    )
    account = models.ForeignKey(
        "payments.BankAccount",
        verbose_name=_("Bank account"),
        on_delete=models.PROTECT,
        related_name="movements",
    )
    value_date = models.DateField(_("Value date"))
    amount = AmountField(_("Amount"))
    currency = CurrencyField(_("Currency"))
    reference = models.CharField(_("Bank reference"), max_length=64, blank=True, default="")
    text = models.CharField(_("Text"), max_length=500, blank=True, default="")
    fingerprint = models.CharField(max_length=64, editable=False)
    occurrence = models.PositiveSmallIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("Account movement")
        verbose_name_plural = _("Account movements")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "fingerprint", "occurrence"], name="billing_accountmovement_once"
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="billing_accountmovement_amount"),
        ]
        indexes = [models.Index(fields=["account", "value_date"], name="billing_accountmovement_day")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.value_date} {self.amount} {self.currency}"
