"""Filters and orders of payment methods, and the columns behind them: every attribute of the first level.

What no column holds as it is answered is computed by `listed_methods`, in SQL and by the rules of `mapping`.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Case, CharField, DateTimeField, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, NullIf, Right, Trim
from django.utils import timezone

from billing.contracts.tmf.accounts import filter_by_account
from billing.contracts.tmf.auth import Client
from billing.contracts.tmf.tmf630.resource import Attribute, Computed, Moment, Resource, Text
from billing.contracts.tmf.tmf630.values import parse_moment
from billing.contracts.tmf.tmf670.mapping import POID_KINDS, UNKNOWN_BRAND
from billing.contracts.tmf.tmf670.types import OWN_ATTRIBUTES, PLAIN, TYPES, find_type
from billing.models import Account, MethodKind, PaymentMethod
from billing.poid import number_of
from billing.services.chargeable import can_charge
from billing.services.payment_method import MASKS
from config.kit.lib import days
from config.kit.lib.card_brands import CardBrand
from config.kit.lib.errors import InvalidValueError

PAYMENT_METHODS = PaymentMethod.objects.select_related("account").filter(removed_at=None)

_COMMON = (
    "id", "href", "name", "description", "isPreferred", "authorizationCode", "status", "statusDate", "statusReason",
    "validFor", "relatedParty", "relatedPlace", "account", "@baseType", "@schemaLocation", "@type",
)  # fmt: skip
_OWN_COLUMNS = {
    "accountNumber": "bank_account_mask",
    "bank": "bank_name",
    "brand": "wire_brand",
    "cardNumber": "masked_card",
    "code": "voucher_code_mask",
    "drawer": "holder_name",
    "expirationDate": "expires_on",
    "lastFourDigits": "last_four",
    "nameOnCard": "holder_name",
    "owner": "holder_name",
    "token": "gateway_token_mask",
}
"""Attributes of single types that are columns. The others are among the details."""

_LAST_SECOND = ExpressionWrapper(
    Cast("expires_on", DateTimeField()) + Value(timedelta(days=1, seconds=-1)), output_field=DateTimeField()
)
_OBJECTS = ("value", "attachment")
_PARTS = ("id", "name", "role", "@referredType")


def _alias(name: str) -> str:
    return f"sent_{name.replace('.', '_').replace('@', '')}"


_SENT = {
    **{name: f"details__{name}" for name in sorted(OWN_ATTRIBUTES) if name not in (*_OWN_COLUMNS, *_OBJECTS)},
    **{f"relatedParty.{part}": f"details__relatedParty__{part}" for part in _PARTS},
    **{f"relatedPlace.{part}": f"details__relatedPlace__{part}" for part in _PARTS[:3]},
    "value.units": "details__value__units",
    "@schemaLocation": "details__@schemaLocation",
}
"""Attributes that are stored as the client sent them, and where."""

_COLUMNS = {
    "name": "shown_name",
    "description": "wire_description",
    "authorizationCode": "authorization_code",
    "status": "wire_status",
    "statusReason": "status_reason",
    "account.name": "account__name",
    **{name: column for name, column in _OWN_COLUMNS.items() if name != "expirationDate"},
    **{name: _alias(name) for name in _SENT},
}
_MOMENTS = {
    "statusDate": "status_date",
    "validFor.startDateTime": "valid_since",
    "validFor.endDateTime": "valid_to",
}


def listed_methods(client: Client) -> QuerySet[PaymentMethod]:
    """The methods that a client may see, without their secrets: nothing is decrypted for a list.

    Those of the accounts within its reach. One of nobody is seen by the client that made it, and without limits.
    """
    seen = client.reach.limit(PAYMENT_METHODS)
    if client.reach.channels is not None:
        seen = PAYMENT_METHODS.filter(
            Q(account__channel__in=client.reach.channels) | Q(account=None, client=client.name)
        )
    return seen.defer(*MASKS).alias(**_computed())


def _computed() -> dict[str, Any]:
    today = days.today()
    expired = Q(expires_on__lt=today) | Q(valid_until__lt=timezone.now())
    said = Trim("status_text")
    return {
        "wire_description": Coalesce(
            *(NullIf(name, Value("")) for name in ("description", "masked_card", "bank_account_mask"))
        ),
        "wire_status": _text_case(
            When(expired, then=Value("expired")),
            When(Q(status_text__iregex=r"^\s*active\s*$", is_active=True), then=said),
            When(
                Q(is_active=False) & ~Q(status_text="") & ~Q(status_text__iregex=r"^\s*active\s*$"), then=said
            ),
            When(is_active=True, then=Value("active")),
            default=Value("inactive"),
        ),
        "wire_type": _text_case(
            When(~Q(type=""), then=F("type")),
            When(kind=MethodKind.CREDIT_CARD, expires_on__isnull=False, then=Value("BankCard")),
            When(
                Q(kind=MethodKind.BANK_ACCOUNT) & ~Q(bank_account_mask="") & ~Q(bank_name=""),
                then=Value("BankAccountDebit"),
            ),
            default=Value(PLAIN),
        ),
        "wire_brand": Coalesce(
            KT("details__brand"),
            _text_case(
                *(When(brand=brand.value, then=Value(str(brand.label))) for brand in CardBrand),
                When(kind=MethodKind.CREDIT_CARD, then=Value(UNKNOWN_BRAND)),
                default=Value(None),
            ),
            output_field=CharField(),
        ),
        "last_four": Right("masked_card", 4),
        "valid_since": Case(
            When(Q(valid_from=None, valid_until=None, expires_on__isnull=False), then=F("created_date")),
            default=F("valid_from"),
        ),
        "valid_to": Case(
            When(Q(valid_from=None, valid_until=None), then=_LAST_SECOND), default=F("valid_until")
        ),
        **{_alias(name): KT(path) for name, path in _SENT.items()},
    }


def _text_case(*cases: When, default: Any) -> Case:
    return Case(*cases, default=default, output_field=CharField())


def _filters() -> dict[str, Attribute]:
    return {
        "id": Computed(find=lambda text: method_named(text)),
        "href": Computed(find=lambda text: method_named(text.rpartition("/")[2])),
        "isPreferred": Computed(find=_by_preference),
        "account.id": Computed(find=filter_by_account("")),
        "expirationDate": Computed(find=_by_expiry),
        "@baseType": Computed(find=lambda text: Q() if text == "PaymentMethod" else Q(pk__in=[])),
        "@type": Computed(find=_by_type),
        **{name: Text(column) for name, column in _COLUMNS.items()},
        **{name: Moment(column) for name, column in _MOMENTS.items()},
    }


def _by_preference(text: str) -> Q:
    preferred = Q(is_default=True) | Q(is_preferred=True)
    return preferred if _flag(text) else ~preferred


def _by_type(text: str) -> Q:
    """In any case of letters. Every method is a PaymentMethod, and has no other attributes in BRM's extended form."""
    found = find_type(text.removesuffix("Oracle"))
    if found is None:
        raise ValueError(f"one of {', '.join(TYPES)} is expected")
    return Q() if found.name == PLAIN else Q(wire_type=found.name)


def _by_expiry(text: str) -> Q:
    """As it is answered: what the client wrote, or the last second of a card's month."""
    return Q(details__expirationDate=text) | Q(
        kind=MethodKind.CREDIT_CARD,
        details__expirationDate__isnull=True,
        expires_on=parse_moment(text).date(),
    )


PAYMENT_METHOD = Resource(
    names=frozenset([*_COMMON, *OWN_ATTRIBUTES]),
    filters=_filters(),
    sorts={
        "id": "pk",
        "href": "pk",
        "isPreferred": "is_default",
        "account.id": "account_id",
        "expirationDate": "expires_on",
        "@type": "wire_type",
        "@baseType": "pk",
        **_COLUMNS,
        **_MOMENTS,
    },
)


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("true or false is expected")
    return text == "true"


def method_named(text: str) -> Q:
    """By POID or external id."""
    number = number_of(text, *POID_KINDS)
    return Q(external_id=text) if number is None else Q(pk=number)


def filter_by_method(prefix: str) -> Callable[[str], Q]:
    """A filter by payment method: POID, external id, or the id that a cash or check payment was sent with."""

    def find(text: str) -> Q:
        name = text.rpartition("/")[2]
        number = number_of(name, *POID_KINDS)
        if number is not None:
            return Q(**{f"{prefix}payment_method_id": number})
        stored = list(PaymentMethod.objects.filter(external_id=name).values_list("pk", flat=True)[:1000])
        return (
            Q(**{f"{prefix}payment_method_id__in": stored})
            if stored
            else Q(**{f"{prefix}client_references__method_reference": name})
        )

    return find


def find_method(account: Account, name: str) -> PaymentMethod:
    """One of the account's methods. Of several with one external id the one that can be charged, the default one first.

    Raises InvalidValueError.
    """
    methods = list(PAYMENT_METHODS.filter(method_named(name), account=account).order_by("pk")[:100])
    if not methods:
        raise InvalidValueError("paymentMethod.id", "The account has no such payment method.")
    return min(methods, key=lambda method: (not can_charge(method), not method.is_default))


def find_charged_method(account: Account, name: str) -> PaymentMethod:
    """The account's default method, whichever of its methods `name` names: BRM's page asks for this.

    The named one if the default can't be charged.
    """
    named = find_method(account, name)
    default = PAYMENT_METHODS.filter(account=account, is_default=True).first()
    return default if default is not None and can_charge(default) else named
