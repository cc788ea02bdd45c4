"""What lists of payments and refunds can be asked for, and the columns (each with an index) that answer it."""

from collections.abc import Callable

from django.db.models import Q, QuerySet

from billing.contracts.tmf.tmf630 import Amount, Attribute, Computed, Moment, Resource, Text
from billing.contracts.tmf.tmf676.mapping import PAYINFO_KINDS
from billing.contracts.tmf.tmf676.statuses import PAYMENT_STATUS, REFUND_STATUS, states_of
from billing.models import Bill, Payment, PaymentMethod, Refund
from billing.poid import number_of

PAYMENTS = Payment.objects.select_related("account", "details", "payment_method")
"""What a payment's document needs, but for its items."""

_ITEMS = ("payment_bills__bill", "allocations__bill")

REFUNDS = Refund.objects.select_related(
    "details", "payment__account", "payment__details", "payment__payment_method"
)


def with_items(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    return payments.prefetch_related(*_ITEMS)


def _by_poid(column: str, *kinds: str) -> Callable[[str], Q]:
    """An id or the end of an href; what is no id at all finds nothing."""

    def find(text: str) -> Q:
        number = number_of(text.rpartition("/")[2], *kinds)
        return Q(pk__in=[]) if number is None else Q(**{column: number})

    return find


def _by_account(prefix: str) -> Callable[[str], Q]:
    def find(text: str) -> Q:
        number = number_of(text, "account")
        if number is not None:
            return Q(**{f"{prefix}account_id": number})
        return Q(**{f"{prefix}account__account_number": text})

    return find


def _by_method(prefix: str) -> Callable[[str], Q]:
    """By our id, by the one that its owner gave it, by a check's number."""

    def find(text: str) -> Q:
        name = text.rpartition("/")[2]
        number = number_of(name, *PAYINFO_KINDS)
        if number is not None:
            return Q(**{f"{prefix}payment_method_id": number})
        stored = list(PaymentMethod.objects.filter(external_id=name).values_list("pk", flat=True)[:1000])
        return (
            Q(**{f"{prefix}payment_method_id__in": stored})
            if stored
            else Q(**{f"{prefix}details__method_reference": name})
        )

    return find


def _by_bill(column: str) -> Callable[[str], Q]:
    def find(text: str) -> Q:
        bill = find_bill(text)
        if bill is None:
            return Q(pk__in=[])
        paid = Payment.objects.filter(payment_bills__bill=bill).values("pk")
        put = Payment.objects.filter(allocations__bill=bill).values("pk")
        return Q(**{f"{column}__in": paid.union(put)})

    return find


def find_bill(text: str) -> Bill | None:
    """By POID or number."""
    number = number_of(text, "bill")
    if number is not None:
        return Bill.objects.filter(pk=number).first()
    if not (text.isascii() and text.isdigit() and int(text[:20]) < 2**31):
        return None
    return Bill.objects.filter(number=int(text)).first()


def _by_status(words: dict[str, str]) -> Callable[[str], Q]:
    return lambda text: Q(state__in=states_of(words, text))


def _unit(column: str) -> Attribute:
    return Computed(column, find=lambda text: Q(**{column: text}))


def _common(prefix: str, words: dict[str, str]) -> dict[str, Attribute]:
    """`prefix` leads from the row to its payment."""
    return {
        "correlatorId": Text("details__correlator_id"),
        "description": Text("details__description"),
        "name": Text("details__name"),
        "status": Computed(find=_by_status(words)),
        "statusDate": Moment("modified_date"),
        "account.id": Computed(find=_by_account(prefix)),
        "account.name": Text(f"{prefix}account__name"),
        "channel.id": Attribute("details__channel__id"),
        "paymentMethod.id": Computed(find=_by_method(prefix)),
        "totalAmount.value": Amount("amount"),
        "totalAmount.unit": _unit(f"{prefix}currency"),
        "amount.value": Amount("details__amount"),
        "taxAmount.value": Amount("details__tax_amount"),
    }


_NAMES = [
    "id",
    "href",
    "authorizationCode",
    "correlatorId",
    "description",
    "name",
    "status",
    "statusDate",
    "account",
    "amount",
    "channel",
    "paymentMethod",
    "taxAmount",
    "totalAmount",
    "@baseType",
    "@schemaLocation",
    "@type",
]

METHODS = PaymentMethod.objects.select_related("account")

METHOD = Resource(
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
        "account.id": Computed(find=_by_account("")),
        "isPreferred": Computed(find=lambda text: Q(is_default=_flag(text))),
    },
    sorts={"id": "pk"},
)


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("true or false is expected")
    return text == "true"


def method_named(text: str) -> Q:
    """By POID, or by the id that its owner gave it."""
    number = number_of(text, *PAYINFO_KINDS)
    return Q(external_id=text) if number is None else Q(pk=number)


def account_named(text: str) -> Q:
    """By POID or account number."""
    number = number_of(text, "account")
    return Q(account_number=text) if number is None else Q(pk=number)


PAYMENT = Resource(
    names=frozenset(
        [*_NAMES, "paymentDate", "payer", "paymentItem", "paymentTransactionId", "unallocatedAmount"]
        + ["reversedPaymentAmount", "paymentStatus"]
    ),
    filters={
        "id": Computed(find=_by_poid("pk", "item-payment")),
        "href": Computed(find=_by_poid("pk", "item-payment")),
        "authorizationCode": Text("auth_code"),
        "paymentDate": Moment("created_date"),
        "payer.id": Attribute("details__party__id"),
        "paymentItem.item.id": Computed(find=_by_bill("pk")),
        **_common("", PAYMENT_STATUS),
    },
    sorts={
        "id": "pk",
        "paymentDate": "created_date",
        "statusDate": "modified_date",
        "totalAmount.value": "amount",
    },
)

REFUND = Resource(
    names=frozenset(
        [*_NAMES, "refundDate", "payment", "requestor", "paymentTransactionId", "refundStatus"]
        + ["remainingAmount"]
    ),
    filters={
        "id": Computed(find=_by_poid("pk", "item-refund")),
        "href": Computed(find=_by_poid("pk", "item-refund")),
        "refundDate": Moment("created_date"),
        "payment.id": Computed(find=_by_poid("payment_id", "item-payment")),
        "requestor.id": Attribute("details__party__id"),
        **_common("payment__", REFUND_STATUS),
    },
    sorts={
        "id": "pk",
        "refundDate": "created_date",
        "statusDate": "modified_date",
        "totalAmount.value": "amount",
    },
)
