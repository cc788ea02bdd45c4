"""Payment methods: encryption and masks of their numbers, and the account's default method."""

import re
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.errors import AccountMismatchError, InactiveDefaultError
from billing.locks import lock_account
from billing.models import PaymentMethod
from billing.payment_method_rules import MAX_SECRET, Fault, MethodFacts, find_faults
from config.kit.lib import days
from config.kit.lib.errors import InvalidValueError
from config.kit.lib.masking import mask_number, read_masked_card
from config.kit.services import Service

MASKS = {
    "bank_account_number": "bank_account_mask",
    "bank_routing_number": "bank_routing_mask",
    "gateway_token": "gateway_token_mask",
}
"""Encrypted column → column that shows its last four characters."""

_FAULTS = {
    Fault.MASKED_CARD_UNREADABLE: ("masked_card", gettext_lazy("Enter a masked card number.")),
    Fault.EXPIRY_INCOMPLETE: ("expiry_month", gettext_lazy("Enter both month and year.")),
    Fault.EXPIRY_MONTH_OUT_OF_RANGE: ("expiry_month", gettext_lazy("Enter a month from 1 to 12.")),
    Fault.EXPIRY_YEAR_OUT_OF_RANGE: ("expiry_year", gettext_lazy("Enter a year from 2000 to 2099.")),
    Fault.NO_MASKED_CARD: ("masked_card", gettext_lazy("A card must have a masked number.")),
    Fault.NO_EXPIRY: ("expiry_month", gettext_lazy("A card must have an expiry date.")),
    Fault.NO_BANK_ACCOUNT_NUMBER: ("bank_account_number", gettext_lazy("A bank account must have a number.")),
    Fault.UNKNOWN_GATEWAY: ("gateway", gettext_lazy("Unknown gateway.")),
}
"""Field and text. Forms and serializers check brands; the text on too long secrets names the field."""

_OUR_MASK = re.compile(r"\*{8}.{0,4}")


def is_mask(value: Any) -> bool:
    """Whether it is a mask that is shown in place of a number or token."""
    return isinstance(value, str) and _OUR_MASK.fullmatch(value) is not None


class PaymentMethodService(Service[PaymentMethod]):
    """Every write locks the account, so that at most one of its methods is the default."""

    model = PaymentMethod
    label = "PaymentMethod"
    id_fields = frozenset({"external_id", "gateway_customer_id"})
    masked_fields = frozenset({"masked_card"})
    in_use_code = "payment_method_100_4"

    def create(self, **fields: Any) -> PaymentMethod:
        """If `is_default` is missing or None, the first usable method of an account becomes its default."""
        return super().create(**{"is_default": None, **fields})

    def update(self, instance: PaymentMethod, **fields: Any) -> PaymentMethod:
        """Deactivating the default method leaves the account without a default, unless `is_default` is sent too."""
        with transaction.atomic():
            lock_account(instance.account_id)
            if fields.get("is_active") is False:
                fields.setdefault("is_default", False)
            return super().update(instance, **fields)

    def save(self, instance: PaymentMethod) -> PaymentMethod:
        with transaction.atomic():
            lock_account(instance.account_id)
            if instance.is_default is None:
                instance.is_default = self._becomes_default(instance)
            return super().save(instance)

    def assign(self, instance: PaymentMethod, fields: dict[str, Any]) -> None:
        """A mask leaves the stored value unchanged; an empty text or None removes it."""
        for name, value in fields.items():
            if name not in MASKS:
                setattr(instance, name, value)
            elif not is_mask(value):
                setattr(instance, name, value or None)
                setattr(instance, MASKS[name], mask_number(value or ""))

    def check_rules(self, instance: PaymentMethod, stored: PaymentMethod | None) -> None:
        self.check_account(instance, stored)
        refuse_faults(instance)
        if instance.masked_card:
            instance.masked_card = read_masked_card(instance.masked_card)
        if instance.is_default and not instance.is_active:
            raise InactiveDefaultError(
                f"PaymentMethod: {self.wire_name(instance)} is not active, it cannot be the default."
            )

    def check_account(self, instance: PaymentMethod, stored: PaymentMethod | None) -> None:
        if stored is not None and stored.account_id != instance.account_id:
            raise AccountMismatchError(
                "payment_method_100_1",
                f"Account: {instance.account.account_number} of PaymentMethod: {stored.pk} cannot change.",
            )
        for what in (instance.billing_address, instance.subscription):
            if what is not None and what.account_id != instance.account_id:
                raise AccountMismatchError(
                    "payment_method_100_2",
                    f"PaymentMethod: {type(what).__name__} {what.number} is not of Account: "
                    f"{instance.account.account_number}.",
                )

    def _becomes_default(self, instance: PaymentMethod) -> bool:
        today, year = days.today(), instance.expiry_year
        if not instance.is_active or (
            year and (year, instance.expiry_month or 12) < (today.year, today.month)
        ):
            return False
        return not PaymentMethod.objects.filter(account=instance.account_id, is_default=True).exists()

    def write(self, instance: PaymentMethod) -> None:
        if instance.is_default:
            others = PaymentMethod.objects.filter(account=instance.account_id, is_default=True)
            for other in others.exclude(pk=instance.pk):
                other.is_default = False
                other.save(update_fields=["is_default", "modified_date"])
        super().write(instance)


def refuse_faults(instance: PaymentMethod) -> None:
    """Raises InvalidValueError for the first rule that the method breaks."""
    facts = MethodFacts(
        kind=instance.kind,
        masked_card=instance.masked_card,
        expiry_month=instance.expiry_month,
        expiry_year=instance.expiry_year,
        bank_account_number=instance.bank_account_number or "",
        gateway=instance.gateway,
        secrets=[getattr(instance, name) or "" for name in MASKS],
    )
    for fault in find_faults(facts):
        if fault is Fault.TOO_LONG:
            name = next(name for name in MASKS if len(getattr(instance, name) or "") > MAX_SECRET)
            raise InvalidValueError(name, _("Value is too long."))
        field, text = _FAULTS[fault]
        raise InvalidValueError(field, str(text))
