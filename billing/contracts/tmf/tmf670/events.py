"""Events of payment methods for the hub's listeners."""

from collections.abc import Iterable

from django.db.models import QuerySet

from billing.models import Event, EventSubscription, PaymentMethod
from billing.services.payment_method import MASKS
from config.kit.identity.access import Reach

RESOURCE = "paymentMethod"
EVENT_TYPES = tuple(
    f"PaymentMethod{what}Event" for what in ("Create", "AttributeValueChange", "StatusChange", "Delete")
)

_ATTRIBUTES = {
    "account_id": "account",
    "type": "@type",
    "name": "name",
    "description": "description",
    "authorization_code": "authorizationCode",
    "status_reason": "statusReason",
    "is_default": "isPreferred",
    "is_preferred": "isPreferred",
    "valid_from": "validFor",
    "valid_until": "validFor",
    "voucher_code_mask": "code",
    "holder_name": "name",
    "masked_card": "cardNumber",
    "brand": "brand",
    "expiry_month": "expirationDate",
    "expiry_year": "expirationDate",
    "bank_name": "bank",
    "bank_account_mask": "accountNumber",
    "gateway_token_mask": "token",
}
"""Columns whose changes are attribute changes, and the attribute that listeners see."""


def event_type(event: Event) -> str | None:
    """None for a change that no attribute shows."""
    before, after = event.before, event.after
    if before is None:
        return "PaymentMethodCreateEvent"
    if before["removed_at"] is None and after["removed_at"] is not None:
        return "PaymentMethodDeleteEvent"
    if any(before[column] != after[column] for column in ("is_active", "status_text")):
        return "PaymentMethodStatusChangeEvent"
    return "PaymentMethodAttributeValueChangeEvent" if changed_attributes(event) else None


def changed_attributes(event: Event) -> list[str]:
    before, after = event.before or {}, event.after
    changed = [name for column, name in _ATTRIBUTES.items() if before.get(column) != after.get(column)]
    old, new = before.get("details") or {}, after.get("details") or {}
    changed += [name for name in (old | new) if old.get(name) != new.get(name)]
    return list(dict.fromkeys(changed))


def methods_of(events: Iterable[Event]) -> QuerySet[PaymentMethod]:
    """Their payment methods, removed ones too, with what documents need."""
    keys = [event.payment_method_id for event in events if event.payment_method_id is not None]
    return PaymentMethod.objects.select_related("account").defer(*MASKS).filter(pk__in=keys)


def is_within_reach(item: PaymentMethod, subscription: EventSubscription, reach: Reach) -> bool:
    """One of nobody is told to the client that made it, and to listeners without limits."""
    if item.account is None:
        return reach.channels is None or item.client == subscription.client
    return reach.has_channel(item.account.channel_id)
