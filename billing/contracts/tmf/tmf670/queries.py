"""Filters of payment methods, and the columns behind them."""

from collections.abc import Callable

from django.db.models import Q

from billing.contracts.tmf.accounts import filter_by_account
from billing.contracts.tmf.tmf630.resource import Computed, Resource
from billing.contracts.tmf.tmf670.mapping import POID_KINDS
from billing.models import Account, PaymentMethod
from billing.poid import number_of
from billing.services.charge_plan import can_charge
from config.kit.lib.errors import InvalidValueError

PAYMENT_METHODS = PaymentMethod.objects.select_related("account")

PAYMENT_METHOD = Resource(
    names=frozenset(
        [
            "id",
            "href",
            "description",
            "isPreferred",
            "name",
            "status",
            "statusDate",
            "account",
            "relatedParty",
            "validFor",
            "@baseType",
            "@schemaLocation",
            "@type",
        ]
    ),
    filters={
        "id": Computed(find=lambda text: method_named(text)),
        "account.id": Computed(find=filter_by_account("")),
        "isPreferred": Computed(find=lambda text: Q(is_default=_flag(text))),
    },
    sorts={"id": "pk"},
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
    """One of the account's methods, the default one first. Raises InvalidValueError."""
    methods = PAYMENT_METHODS.filter(method_named(name), account=account)
    found = methods.order_by("-is_default", "pk").first()
    if found is None:
        raise InvalidValueError("paymentMethod.id", "The account has no such payment method.")
    return found


def find_charged_method(account: Account, name: str) -> PaymentMethod:
    """The account's default method, whichever of its methods `name` names: BRM's page asks for this.

    The named one if the default can't be charged.
    """
    named = find_method(account, name)
    default = PAYMENT_METHODS.filter(account=account, is_default=True).first()
    return default if default is not None and can_charge(default) else named
