from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models.account import Account, Subscription
from billing.models.address import BillingAddress
from billing.models.method_profile import (
    ACCOUNT_IS_GIVEN_ONCE,
    PROFILE_CONSTRAINTS,
    PROFILE_INDEXES,
    STATUS_DATE_FOLLOWS,
    MethodProfile,
)
from billing.models.outbox import method_outbox_triggers
from config.kit.lib import days
from config.kit.lib.card_brands import CardBrand, possible_brands
from config.kit.lib.encryption import EncryptedJSONField
from payments.models.base import Dated, tracked


class MethodKind(models.IntegerChoices):
    """PaymentMethodType of the Naviga contract."""

    CREDIT_CARD = 1, _("Credit card")
    BANK_ACCOUNT = 2, _("Bank account")
    MERCHANT_ACCEPTED_PAYMENT = 3, _("Merchant accepted payment")
    COUPON = 4, _("Coupon")
    PAYPAL = 5, _("PayPal")
    PAYPAL_EXPRESS = 6, _("PayPal Express")
    ITUNES = 7, _("iTunes")
    GOOGLE_PLAY = 8, _("Google Play")
    APPLE_PAY = 9, _("Apple Pay")
    AMAZON_IN_APP = 10, _("Amazon in-app")
    SUBSCRIBE_WITH_GOOGLE = 11, _("Subscribe with Google")
    GOOGLE_PAY = 12, _("Google Pay")
    EXTERNAL_PAYMENT = 13, _("External payment")
    PIANO = 14, _("Piano")


class BankAccountType(models.IntegerChoices):
    CHECKING = 1, _("Checking account")
    SAVINGS = 2, _("Savings account")
    CORPORATE_CHECKING = 3, _("Corporate checking account")


_END_OF_MONTH = "(make_date(%(expressions)s, 1) + interval '1 month' - interval '1 day')::date"


PUBLISHED_COLUMNS = (
    "account_id", "type", "name", "description", "authorization_code", "status_text", "status_reason", "is_active",
    "is_default", "is_preferred", "valid_from", "valid_until", "details", "voucher_code_mask", "holder_name",
    "card_owner", "masked_card", "brand", "expiry_month", "expiry_year", "bank_name", "bank_account_mask",
    "gateway_token_mask", "removed_at",
)  # fmt: skip
"""Columns whose changes listeners of the hub are told about."""
SECRET_COLUMNS = ("gateway_token", "bank_account_number", "bank_routing_number", "voucher_code")


@tracked(exclude=[*SECRET_COLUMNS, "request_fingerprint"])
class PaymentMethod(MethodProfile, Dated):
    """How an account pays: a card stored at a gateway under a token, a bank account, a wallet.

    Never deleted: deactivated or removed (`removed_at`), and then without its secrets. At most one method of an account
    is its default, always a card. One without an account belongs to nobody and is never charged. Account numbers,
    tokens and codes are encrypted; the mask columns show eight stars and the last four characters.
    """

    channel_path = "account__channel"
    personal_fields: ClassVar[frozenset[str]] = frozenset(
        {"holder_name", "card_owner", "name", "shown_name", "description", "details"}
    )

    account = models.ForeignKey(
        Account,
        verbose_name=_("Account"),
        null=True,
        on_delete=models.PROTECT,
        related_name="payment_methods",
    )
    subscription = models.ForeignKey(
        Subscription,
        verbose_name=_("Subscription"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="payment_methods",
        help_text=_("The subscription that it was added for."),
    )
    billing_address = models.ForeignKey(
        BillingAddress,
        verbose_name=_("Billing address"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="payment_methods",
    )
    kind = models.PositiveSmallIntegerField(_("Kind"), choices=MethodKind.choices)
    external_id = models.CharField(
        _("External ID"), max_length=128, blank=True, default="", help_text=_("ID in another system.")
    )
    holder_name = models.CharField(_("Holder"), max_length=200)
    card_owner = models.CharField(
        _("Name on the card"),
        max_length=200,
        blank=True,
        default="",
        help_text=_("If it differs from the holder's name."),
    )
    masked_card = models.CharField(
        _("Card number"),
        max_length=19,
        blank=True,
        default="",
        help_text=_("Masked, for example 411111******1111."),
    )
    brand = models.CharField(_("Brand"), max_length=24, choices=CardBrand.choices, blank=True, default="")
    expiry_month = models.PositiveSmallIntegerField(_("Expiry month"), null=True, blank=True)
    expiry_year = models.PositiveSmallIntegerField(_("Expiry year"), null=True, blank=True)
    expires_on = models.GeneratedField(
        expression=Func(F("expiry_year"), F("expiry_month"), template=_END_OF_MONTH),
        output_field=models.DateField(_("Expires on"), null=True),
        db_persist=True,
        verbose_name=_("Expires on"),
    )
    bank_name = models.CharField(_("Bank name"), max_length=200, blank=True, default="")
    bank_account_type = models.PositiveSmallIntegerField(
        _("Bank account type"), choices=BankAccountType.choices, null=True, blank=True
    )
    bank_account_number: Any = EncryptedJSONField(_("Bank account number"), null=True)
    bank_account_mask = models.CharField(
        _("Bank account number"), max_length=12, blank=True, default="", editable=False
    )
    bank_routing_number: Any = EncryptedJSONField(_("Bank routing number"), null=True)
    bank_routing_mask = models.CharField(
        _("Bank routing number"), max_length=12, blank=True, default="", editable=False
    )
    gateway = models.CharField(
        _("Gateway"),
        max_length=32,
        blank=True,
        default="",
        help_text=_("Short name of the gateway that issued the token."),
    )
    gateway_token: Any = EncryptedJSONField(_("Gateway token"), null=True)
    gateway_token_mask = models.CharField(
        _("Gateway token"), max_length=12, blank=True, default="", editable=False
    )
    gateway_customer_id = models.CharField(_("Gateway customer ID"), max_length=128, blank=True, default="")
    is_default = models.BooleanField(
        _("Is default"),
        default=False,
        help_text=_("Payments of the account are charged to its default method."),
    )
    is_active = models.BooleanField(_("Is active"), default=True)

    class Meta:
        verbose_name = _("Payment method")
        verbose_name_plural = _("Payment methods")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(is_default=True), name="billing_one_default_method"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(is_active=True), name="billing_default_method_is_active"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(kind=MethodKind.CREDIT_CARD),
                name="billing_default_method_is_card",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=MethodKind.values), name="billing_paymentmethod_kind"
            ),
            models.CheckConstraint(
                condition=Q(masked_card="") | Q(masked_card__regex=r"^[0-9]{0,6}[*]+[0-9]{0,4}$"),
                name="billing_paymentmethod_card_is_masked",
            ),
            models.CheckConstraint(
                condition=Q(expiry_month=None, expiry_year=None)
                | Q(expiry_month__gte=1, expiry_month__lte=12, expiry_year__gte=2000, expiry_year__lte=2099),
                name="billing_paymentmethod_expiry",
            ),
            *PROFILE_CONSTRAINTS,
        ]
        indexes = [
            models.Index(fields=["external_id"], name="billing_method_external"),
            models.Index(
                fields=["expires_on"],
                condition=Q(is_active=True, expires_on__isnull=False),
                name="billing_method_expiring",
            ),
            *PROFILE_INDEXES,
        ]
        triggers = [
            ACCOUNT_IS_GIVEN_ONCE,
            STATUS_DATE_FOLLOWS,
            *method_outbox_triggers(
                PUBLISHED_COLUMNS, (*SECRET_COLUMNS, "request_key", "request_fingerprint")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.masked_card or self.bank_account_mask or self.external_id}".rstrip()

    @property
    def is_expired(self) -> bool:
        """Its card or the time that it was given for has run out."""
        over = self.valid_until is not None and self.valid_until < timezone.now()
        today = days.today()
        last = (self.expiry_year, self.expiry_month or 12)
        return over or (last[0] is not None and last < (today.year, today.month))

    @property
    def brand_fits(self) -> bool | None:
        """Whether the visible first digits match the brand; None if either is unknown."""
        first_digits = self.masked_card.partition("*")[0]
        return self.brand in possible_brands(first_digits) if self.brand and first_digits else None
