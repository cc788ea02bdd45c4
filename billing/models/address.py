from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.models.account import Account
from payments.models.base import Dated, tracked

ACCOUNT_IS_FIXED = pgtrigger.ReadOnly(name="account_is_fixed", fields=["account"])


@tracked()
class BillingAddress(Dated):
    """A postal address of an account. `number` is BillingAddressId of the Naviga contract."""

    channel_path = "account__channel"
    personal_fields: ClassVar[frozenset[str]] = frozenset(
        {"street", "city", "province", "postal_code", "phone"}
    )

    number = models.BigIntegerField(
        _("Number"), blank=True, help_text=_("Leave empty to assign the next free number.")
    )
    account = models.ForeignKey(
        Account, verbose_name=_("Account"), on_delete=models.PROTECT, related_name="billing_addresses"
    )
    street = models.CharField(_("Street"), max_length=300)
    city = models.CharField(_("City"), max_length=100)
    province = models.CharField(_("Province"), max_length=100, blank=True, default="")
    postal_code = models.CharField(_("Postal code"), max_length=20, blank=True, default="")
    country = models.CharField(_("Country"), max_length=100, blank=True, default="")
    phone = models.CharField(_("Phone"), max_length=32, blank=True, default="")

    class Meta:
        verbose_name = _("Billing address")
        verbose_name_plural = _("Billing addresses")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="billing_billingaddress_number"),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="billing_billingaddress_number_from_1"
            ),
        ]
        triggers = [ACCOUNT_IS_FIXED]

    def __str__(self) -> str:
        return f"{self.street}, {self.city}"
