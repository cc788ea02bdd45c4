from decimal import Decimal
from typing import TYPE_CHECKING

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact, In
from django.utils.translation import gettext_lazy as _

from config.kit.lib.money import validate_currency
from payments.models.bank import Bank
from payments.models.base import CHANNEL_IS_FIXED, Dated, SlugField, tracked
from payments.models.pos import POS

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class CardPaymentType(models.TextChoices):
    CREDIT = "credit", _("Credit")
    DEBIT = "debit", _("Debit")
    PREPAID = "prepaid", _("Prepaid")


@tracked()
class CardType(Dated):
    """A card programme or network, such as Bonus, World or Visa."""

    name = models.CharField(_("Name"), max_length=128)
    slug = SlugField(_("Slug"))
    logo = models.ImageField(_("Logo"), upload_to="card_types/", max_length=255, null=True, blank=True)
    channel = models.ForeignKey(
        "payments.Channel", verbose_name=_("Channel"), on_delete=models.PROTECT, related_name="card_types"
    )

    class Meta:
        verbose_name = _("Card type")
        verbose_name_plural = _("Card types")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["slug", "channel"], name="payments_cardtype_slug_channel")
        ]
        triggers = [CHANNEL_IS_FIXED]

    def __str__(self) -> str:
        return self.name


def _pos_key(
    label: "StrPromise", role: str, *, owner: str, null: bool = False, checked: bool = True
) -> models.ForeignKey:
    return models.ForeignKey(
        POS,
        verbose_name=label,
        on_delete=models.PROTECT,
        related_name=f"{role}_{owner}",
        null=null,
        blank=null,
        db_constraint=checked,
    )


@tracked()
class Card(Dated):
    """A bank's card of one card type, and the POS that charge it."""

    name = models.CharField(_("Name"), max_length=128)
    slug = SlugField(_("Slug"))
    bank = models.ForeignKey(
        Bank, verbose_name=_("Bank"), on_delete=models.PROTECT, related_name="cards", db_constraint=False
    )
    card_type = models.ForeignKey(
        CardType,
        verbose_name=_("Card type"),
        on_delete=models.PROTECT,
        related_name="cards",
        db_constraint=False,
    )
    card_payment_type = models.CharField(
        _("Card payment type"), max_length=16, choices=CardPaymentType.choices, default=CardPaymentType.CREDIT
    )
    # No plain foreign keys: the migration's keys over (pos, channel) → (id, channel) cover them.
    cash_payment = _pos_key(_("Cash payment"), "cash", owner="cards", checked=False)
    installment_payment = _pos_key(_("Installment payment"), "installment", owner="cards", checked=False)
    three_d_payment = _pos_key(_("Three d payment"), "three_d", owner="cards", null=True, checked=False)
    fallback_payment = models.ForeignKey(
        POS,
        verbose_name=_("Fallback payment"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="fallback_cards",
        db_constraint=False,
        help_text=_(
            "Charged in the channel's currency when the first POS did not receive the request or is unavailable. "
            "Never used while the outcome at the first POS is unknown."
        ),
    )
    is_commerce_card = models.BooleanField(_("Is commerce card"), default=False)
    channel = models.ForeignKey(
        "payments.Channel", verbose_name=_("Channel"), on_delete=models.PROTECT, related_name="cards"
    )

    class Meta:
        verbose_name = _("Card")
        verbose_name_plural = _("Cards")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "channel", "bank", "card_type"], name="payments_card_slug_channel_bank_type"
            ),
            models.UniqueConstraint(
                fields=["bank", "card_type", "card_payment_type"], name="payments_card_bank_type_payment_type"
            ),
            models.CheckConstraint(
                condition=models.Q(card_payment_type__in=CardPaymentType.values),
                name="payments_card_payment_type",
            ),
            models.CheckConstraint(
                condition=models.Q(fallback_payment__isnull=True)
                | (
                    ~models.Q(fallback_payment=models.F("cash_payment"))
                    & ~models.Q(fallback_payment=models.F("installment_payment"))
                    & (
                        models.Q(three_d_payment__isnull=True)
                        | ~models.Q(fallback_payment=models.F("three_d_payment"))
                    )
                ),
                name="payments_card_fallback_is_another_pos",
            ),
        ]
        triggers = [CHANNEL_IS_FIXED]

    def __str__(self) -> str:
        return self.name


@tracked()
class MultiCurrencyCard(Dated):
    """The POS of a card for another currency than the channel's default one."""

    channel_path = "card__channel"

    card = models.ForeignKey(
        Card, verbose_name=_("Card"), on_delete=models.PROTECT, related_name="multi_currency_cards"
    )
    currency = models.CharField(_("Currency"), max_length=3, validators=[validate_currency])
    cash_payment = _pos_key(_("Cash payment"), "cash", owner="multi_currency_cards")
    installment_payment = _pos_key(_("Installment payment"), "installment", owner="multi_currency_cards")
    three_d_payment = _pos_key(_("Three d payment"), "three_d", owner="multi_currency_cards", null=True)

    class Meta:
        verbose_name = _("Multi currency card")
        verbose_name_plural = _("Multi currency cards")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["card", "currency"], name="payments_multicurrencycard_card_currency"
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex="^[A-Z]{3}$"), name="payments_multicurrencycard_currency"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="pos_in_channel",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.After,
                func="""
                    IF EXISTS (
                        SELECT 1
                        FROM payments_card AS card
                        JOIN payments_pos AS pos
                          ON pos.id IN (NEW.cash_payment_id, NEW.installment_payment_id, NEW.three_d_payment_id)
                        WHERE card.id = NEW.card_id AND pos.channel_id <> card.channel_id
                    ) THEN
                        RAISE EXCEPTION 'POS of another channel'
                        USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'payments_multicurrencycard_channel';
                    END IF;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.card} {self.currency}"


_WITHOUT_DIGITS = models.Func(
    "bin_number",
    models.Value("0123456789"),
    models.Value(""),
    function="translate",
    output_field=models.CharField(),
)


@tracked()
class BinNumber(Dated):
    """The first six or eight digits of card numbers. The longest match decides the card."""

    bin_number = models.CharField(
        _("Bin number"),
        max_length=8,
        db_collation="C",  # digits only: prefix searches use the unique index whatever the server's locale
        validators=[RegexValidator(r"^([0-9]{6}|[0-9]{8})\Z", _("Enter 6 or 8 digits."))],
    )
    card = models.ForeignKey(
        Card,
        verbose_name=_("Card"),
        on_delete=models.PROTECT,
        related_name="bin_numbers",
        db_constraint=False,  # the migration's guard over (card, channel) covers it
    )
    is_active = models.BooleanField(_("Is active"), default=True, db_default=True)
    channel = models.ForeignKey(
        "payments.Channel",
        verbose_name=_("Channel"),
        on_delete=models.PROTECT,
        related_name="bin_numbers",
        db_constraint=False,  # implied by the guard over (card, channel); a key is checked row by row
        db_index=False,  # few channels for a million rows; the unique index is used
    )

    class Meta:
        verbose_name = _("BIN")
        verbose_name_plural = _("BINs")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["bin_number", "channel"], name="payments_binnumber_bin_channel"),
            models.CheckConstraint(
                # Nothing is left without digits. A regular expression would take five times as long, a tenth of the
                # time of an import of a million rows.
                condition=models.Q(In(Length("bin_number"), [6, 8])) & models.Q(Exact(_WITHOUT_DIGITS, "")),
                name="payments_binnumber_digits",
            ),
        ]
        triggers = [CHANNEL_IS_FIXED]

    def __str__(self) -> str:
        return self.bin_number

    @property
    def bin_number_length(self) -> str:
        """ "6" or "8", a text in the contract."""
        return str(len(self.bin_number))


@tracked()
class Installment(Dated):
    """A number of installments that a card offers, and its interest rate."""

    channel_path = "card__channel"

    card = models.ForeignKey(
        Card, verbose_name=_("Card"), on_delete=models.PROTECT, related_name="installments"
    )
    installment_count = models.PositiveIntegerField(
        _("Installment count"), validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    label = models.CharField(_("Label"), max_length=128)
    interest_rate = models.DecimalField(
        _("Interest rate"),
        max_digits=10,
        decimal_places=6,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("Percentage added to the amount: 2.5 turns 100.00 into 102.50."),
    )
    is_active = models.BooleanField(_("Is active"), default=True)
    config = models.JSONField(_("Config"), default=dict, blank=True)
    translations = models.JSONField(_("Translations"), null=True, blank=True)

    class Meta:
        verbose_name = _("Installment")
        verbose_name_plural = _("Installments")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["card", "installment_count"], name="payments_installment_card_installment_count"
            ),
            models.CheckConstraint(
                condition=models.Q(installment_count__gte=1), name="payments_installment_count_from_1"
            ),
            models.CheckConstraint(
                condition=models.Q(interest_rate__gte=0), name="payments_installment_rate"
            ),
        ]

    def __str__(self) -> str:
        return self.label
