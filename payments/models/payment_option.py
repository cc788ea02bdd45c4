from django.db import models
from django.utils.translation import gettext_lazy as _

from payments.models.base import CHANNEL_IS_FIXED, Dated, SlugField, tracked


class PaymentType(models.TextChoices):
    CREDIT_CARD = "credit_card", _("Credit card")
    FUNDS_TRANSFER = "funds_transfer", _("Funds transfer")
    REDIRECTION = "redirection", _("Redirection")
    PAY_ON_DELIVERY = "pay_on_delivery", _("Pay on delivery")
    LOYALTY_MONEY = "loyalty_money", _("Loyalty money")
    MASTERPASS = "masterpass", _("Masterpass")
    BKM_EXPRESS = "bkm_express", _("BKM Express")
    CREDIT_PAYMENT = "credit_payment", _("Credit payment")
    GPAY = "gpay", _("Garanti Pay")
    CASH_REGISTER = "cash_register", _("Cash register")


@tracked()
class PaymentOption(Dated):
    """A way to pay that a channel offers. Deactivated, never deleted."""

    name = models.CharField(_("Name"), max_length=128)
    slug = SlugField(_("Slug"))
    payment_type = models.CharField(_("Payment type"), max_length=32, choices=PaymentType.choices)
    sort_order = models.PositiveIntegerField(_("Sort order"), default=0)
    is_active = models.BooleanField(_("Is active"), default=True)
    config = models.JSONField(_("Config"), default=dict, blank=True)
    translations = models.JSONField(_("Translations"), null=True, blank=True)
    channel = models.ForeignKey(
        "payments.Channel",
        verbose_name=_("Channel"),
        on_delete=models.PROTECT,
        related_name="payment_options",
    )

    class Meta:
        verbose_name = _("Payment option")
        verbose_name_plural = _("Payment options")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["slug", "channel"], name="payments_paymentoption_slug_channel"),
            models.CheckConstraint(
                condition=models.Q(payment_type__in=PaymentType.values), name="payments_paymentoption_type"
            ),
        ]
        triggers = [CHANNEL_IS_FIXED]

    def __str__(self) -> str:
        return self.name
