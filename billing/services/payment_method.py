"""Payment methods: encryption and masks of their numbers, and the account's default method."""

import re
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.errors import AccountMismatchError, InactiveDefaultError, MethodRemovedError
from billing.hub.outbox import deliver_on_commit
from billing.locks import lock_account
from billing.models import MethodKind, PaymentMethod
from billing.payment_method_rules import MAX_SECRET, Fault, MethodFacts, find_faults
from billing.services.chargeable import CHARGEABLE_KINDS, can_charge
from config.kit.audit.log import record, values_of
from config.kit.audit.models import Action
from config.kit.lib.errors import InvalidValueError
from config.kit.lib.masking import mask_number, read_masked_card
from config.kit.services import Service

MASKS = {
    "bank_account_number": "bank_account_mask",
    "bank_routing_number": "bank_routing_mask",
    "gateway_token": "gateway_token_mask",
    "voucher_code": "voucher_code_mask",
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
    """Every write locks the account, so that at most one of its methods is the default.

    The default is a method that can be charged. `is_default` None means: if it can be charged, and is preferred or the
    account has none.
    """

    model = PaymentMethod
    label = "PaymentMethod"
    id_fields = frozenset(
        {"external_id", "gateway_customer_id", "authorization_code", "request_key", "details"}
    )
    masked_fields = frozenset({"masked_card"})
    in_use_code = "payment_method_100_4"

    def create(self, **fields: Any) -> PaymentMethod:
        return super().create(**{"is_default": None, **fields})

    def update(self, instance: PaymentMethod, **fields: Any) -> PaymentMethod:
        """The default method is none any more if it is deactivated or becomes a bank account or the like, unless
        `is_default` is sent too.
        """
        with transaction.atomic():
            _lock_accounts(instance.account_id, getattr(fields.get("account"), "pk", None))
            kind = fields.get("kind", MethodKind.CREDIT_CARD)
            if fields.get("is_active") is False or kind not in CHARGEABLE_KINDS:
                fields.setdefault("is_default", False)
            elif instance.account_id is None and fields.get("account"):
                fields.setdefault("is_default", None)
            return super().update(instance, **fields)

    def remove(self, instance: PaymentMethod) -> None:
        """Payments keep it and its masks; its secrets are erased, and it can't be used or changed again."""
        with transaction.atomic():
            _lock_accounts(instance.account_id)
            instance.refresh_from_db(from_queryset=PaymentMethod.objects.select_for_update(no_key=True))
            if instance.removed_at is None:
                record(Action.DELETED, instance, before=values_of(instance))
                instance.removed_at = timezone.now()
                instance.is_active = instance.is_default = instance.is_preferred = False
                for name in MASKS:
                    setattr(instance, name, None)
                instance.save(
                    update_fields=[
                        "removed_at",
                        "is_active",
                        "is_default",
                        "is_preferred",
                        "modified_date",
                        *MASKS,
                    ]
                )
                deliver_on_commit()

    def save(self, instance: PaymentMethod) -> PaymentMethod:
        with transaction.atomic():
            _lock_accounts(instance.account_id)
            if instance.is_default is None:
                instance.is_default = can_charge(instance) and (
                    instance.is_preferred or not _defaults_beside(instance).exists()
                )
            return super().save(instance)

    def assign(self, instance: PaymentMethod, fields: dict[str, Any]) -> None:
        """A mask leaves the stored value unchanged; an empty text or None removes it. `details` are merged."""
        for name, value in fields.items():
            if name == "details":
                instance.details = {**instance.details, **value}
            elif name not in MASKS:
                setattr(instance, name, value)
            elif not is_mask(value):
                setattr(instance, name, value or None)
                setattr(instance, MASKS[name], mask_number(value or ""))

    def check_rules(self, instance: PaymentMethod, stored: PaymentMethod | None) -> None:
        if stored is not None and stored.removed_at is not None:
            raise MethodRemovedError(f"PaymentMethod: {self.wire_name(instance)} was removed.")
        self.check_account(instance, stored)
        refuse_faults(instance)
        if instance.masked_card:
            instance.masked_card = read_masked_card(instance.masked_card)
        if instance.is_default:
            self._check_default(instance, was_default=stored is not None and stored.is_default)

    def _check_default(self, instance: PaymentMethod, *, was_default: bool) -> None:
        """A default that has expired meanwhile stays it, and is not charged."""
        if not instance.is_active:
            why = "is not active"
        elif instance.kind not in CHARGEABLE_KINDS or not (was_default or can_charge(instance)):
            why = "cannot be charged"
        else:
            return
        raise InactiveDefaultError(
            f"PaymentMethod: {self.wire_name(instance)} {why}, it cannot be the default."
        )

    def check_account(self, instance: PaymentMethod, stored: PaymentMethod | None) -> None:
        old = stored.account_id if stored is not None else None
        if old is not None and old != instance.account_id:
            number = instance.account.account_number if instance.account else None
            raise AccountMismatchError(
                "payment_method_100_1",
                f"Account: {number} of PaymentMethod: {instance.pk} cannot change.",
            )
        for what in (instance.billing_address, instance.subscription):
            if what is not None and what.account_id != instance.account_id:
                number = instance.account.account_number if instance.account else None
                raise AccountMismatchError(
                    "payment_method_100_2",
                    f"PaymentMethod: {type(what).__name__} {what.number} is not of Account: {number}.",
                )

    def write(self, instance: PaymentMethod, stored: PaymentMethod | None) -> None:
        others = PaymentMethod.objects.filter(account=instance.account_id).exclude(pk=instance.pk)
        for flag in ("is_default", "is_preferred"):
            if instance.account_id is not None and getattr(instance, flag):
                for other in others.filter(**{flag: True}):
                    setattr(other, flag, False)
                    other.save(update_fields=[flag, "modified_date"])
        super().write(instance, stored)
        deliver_on_commit()


def _lock_accounts(*keys: int | None) -> None:
    for key in sorted({key for key in keys if key is not None}):
        lock_account(key)


def _defaults_beside(instance: PaymentMethod) -> QuerySet[PaymentMethod]:
    return PaymentMethod.objects.filter(account=instance.account_id, is_default=True).exclude(pk=instance.pk)


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
