import re

from django.db import models
from django.utils.translation import gettext_lazy as _

from payments.models.base import CHANNEL_IS_FIXED, Dated, SlugField, tracked


@tracked()
class Bank(Dated):
    """A card-issuing bank of a channel."""

    name = models.CharField(_("Name"), max_length=128)
    slug = SlugField(_("Slug"))
    logo = models.ImageField(_("Logo"), upload_to="banks/", max_length=255, null=True, blank=True)
    logo_source = models.URLField(_("Logo source"), max_length=500, blank=True, default="", editable=False)
    channel = models.ForeignKey(
        "payments.Channel", verbose_name=_("Channel"), on_delete=models.PROTECT, related_name="banks"
    )

    class Meta:
        verbose_name = _("Bank")
        verbose_name_plural = _("Banks")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["slug", "channel"], name="payments_bank_slug_channel")]
        triggers = [CHANNEL_IS_FIXED]

    def __str__(self) -> str:
        return self.name


def compact_iban(text: str) -> str:
    """The letters and digits, upper case: accounts are compared by them, however the IBAN is written."""
    return re.sub("[^0-9A-Za-z]", "", text).upper()


class CompactIban(models.Transform):
    """`compact_iban` in the database: `iban__compact`."""

    lookup_name = "compact"
    template = "UPPER(REGEXP_REPLACE(%(expressions)s, '[^0-9A-Za-z]', '', 'g') COLLATE \"C\")"
    output_field = models.CharField()


class IbanField(models.CharField):
    """Stored as sent."""


IbanField.register_lookup(CompactIban)


@tracked()
class BankAccount(Dated):
    """The seller's account for bank transfers. Deactivated, never deleted."""

    bank = models.ForeignKey(
        Bank,
        verbose_name=_("Bank"),
        on_delete=models.PROTECT,
        related_name="accounts",
        db_constraint=False,  # the migration's key over (bank, channel) covers it
    )
    slug = SlugField(_("Slug"))
    holder_name = models.CharField(_("Holder name"), max_length=128)
    iban = IbanField(_("IBAN"), max_length=64)
    is_active = models.BooleanField(_("Is active"), default=True)
    sort_order = models.PositiveIntegerField(_("Sort order"), default=0)
    description = models.TextField(_("Description"), blank=True, default="", max_length=2000)
    channel = models.ForeignKey(
        "payments.Channel", verbose_name=_("Channel"), on_delete=models.PROTECT, related_name="bank_accounts"
    )

    class Meta:
        verbose_name = _("Bank account")
        verbose_name_plural = _("Bank accounts")
        ordering = ["sort_order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["slug", "channel"], name="payments_bankaccount_slug_channel"),
            models.UniqueConstraint(
                CompactIban("iban"),
                "channel",
                name="payments_bankaccount_iban_channel",
                violation_error_message=_("This value is already used in the channel."),
            ),
        ]
        triggers = [CHANNEL_IS_FIXED]

    def __str__(self) -> str:
        return f"{self.holder_name} {self.iban}"
