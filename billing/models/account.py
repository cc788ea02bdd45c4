from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.models.fields import CurrencyField
from payments.models.base import CHANNEL_IS_FIXED, Dated, tracked


@tracked()
class Account(Dated):
    """A customer as the billing knows them: who owes, in one currency."""

    channel = models.ForeignKey(
        "payments.Channel", verbose_name=_("Channel"), on_delete=models.PROTECT, related_name="accounts"
    )
    account_number = models.CharField(_("Account number"), max_length=64)
    name = models.CharField(_("Name"), max_length=200)
    email = models.EmailField(_("E-mail"), blank=True, default="")
    phone = models.CharField(_("Phone"), max_length=32, blank=True, default="")
    currency = CurrencyField(_("Currency"), default="TRY")

    class Meta:
        verbose_name = _("Account")
        verbose_name_plural = _("Accounts")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["account_number"], name="billing_account_number")]
        triggers = [CHANNEL_IS_FIXED]

    def __str__(self) -> str:
        return f"{self.account_number} {self.name}"


class SubscriptionStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")


@tracked()
class Subscription(Dated):
    """What an account is billed for. `number` is the contracts' subscription id."""

    account = models.ForeignKey(
        Account, verbose_name=_("Account"), on_delete=models.PROTECT, related_name="subscriptions"
    )
    number = models.BigIntegerField(_("Number"), blank=True)
    name = models.CharField(_("Name"), max_length=200, blank=True, default="")
    status = models.CharField(
        _("Status"), max_length=16, choices=SubscriptionStatus.choices, default=SubscriptionStatus.ACTIVE
    )

    class Meta:
        verbose_name = _("Subscription")
        verbose_name_plural = _("Subscriptions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="billing_subscription_number"),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="billing_subscription_number_from_1"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=SubscriptionStatus.values), name="billing_subscription_status"
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)
