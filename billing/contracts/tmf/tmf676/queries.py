"""Filters and orders of payments and refunds, and the columns behind them. Each filter is answered by an index."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from django.db.models import F, Q, QuerySet

from billing.contracts.tmf.accounts import filter_by_account
from billing.contracts.tmf.tmf630.resource import Amount, Attribute, Computed, Moment, Resource, Text
from billing.contracts.tmf.tmf670.queries import filter_by_method
from billing.contracts.tmf.tmf676.statuses import PAYMENT_STATUS, REFUND_STATUS, states_for
from billing.models import Bill, Payment, Refund
from billing.poid import number_of
from billing.states import REFUNDABLE_STATES
from billing.states import PaymentState as P

PAYMENTS = Payment.objects.select_related("account", "client_references", "payment_method")
"""What a payment's document needs, except for its items."""

_ITEMS = ("payment_bills__bill", "allocations__bill")

REFUNDS = Refund.objects.select_related(
    "client_references", "payment__account", "payment__client_references", "payment__payment_method"
)


def with_items(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    return payments.prefetch_related(*_ITEMS)


def _by_poid(column: str, *kinds: str) -> Callable[[str], Q]:
    """By POID, or an href that ends in one. Any other text matches nothing."""

    def find(text: str) -> Q:
        number = number_of(text.rpartition("/")[2], *kinds)
        return Q(pk__in=[]) if number is None else Q(**{column: number})

    return find


def _by_bill(column: str) -> Callable[[str], Q]:
    def find(text: str) -> Q:
        bill = find_bill(text)
        if bill is None:
            return Q(pk__in=[])
        paid = Payment.objects.filter(payment_bills__bill=bill).values("pk")
        allocated = Payment.objects.filter(allocations__bill=bill).values("pk")
        return Q(**{f"{column}__in": paid.union(allocated)})

    return find


def find_bill(text: str) -> Bill | None:
    """By POID or number."""
    number = number_of(text, "bill")
    if number is not None:
        return Bill.objects.filter(pk=number).first()
    if not (text.isascii() and text.isdigit() and int(text[:20]) < 2**31):
        return None
    return Bill.objects.filter(number=int(text)).first()


def _by_status(statuses: dict[str, str], words: Mapping[str, Q] = MappingProxyType({})) -> Callable[[str], Q]:
    """`words` are BRM's, beside TM Forum's."""
    return lambda text: words[text] if text in words else Q(state__in=states_for(statuses, text))


_UNALLOCATED = Q(
    captured_amount__gt=F("allocated_amount") + F("refunded_amount") + F("reserved_amount") + F("fee_amount")
)
"""The condition of an index."""

BRM_WORDS = {
    "Unallocated": _UNALLOCATED,
    "Allocated": Q(state__in=REFUNDABLE_STATES) & ~_UNALLOCATED,
    "Reversed": Q(state__in=[P.PARTIALLY_REFUNDED, P.REFUNDED, P.VOIDED]),
}


def _unit(column: str) -> Attribute:
    return Computed(column, find=lambda text: Q(**{column: text}))


def _common(prefix: str, statuses: dict[str, str]) -> dict[str, Attribute]:
    """Filters that payments and refunds share. `prefix` leads from the model to its payment."""
    return {
        "correlatorId": Text("client_references__correlator_id"),
        "description": Text("client_references__description"),
        "name": Text("client_references__name"),
        "status": Computed(find=_by_status(statuses)),
        "statusDate": Moment("modified_date"),
        "account.id": Computed(find=filter_by_account(prefix)),
        "account.name": Text(f"{prefix}account__name"),
        "channel.id": Attribute("client_references__channel__id"),
        "paymentMethod.id": Computed(find=filter_by_method(prefix)),
        "totalAmount.value": Amount("amount"),
        "totalAmount.unit": _unit(f"{prefix}currency"),
        "amount.value": Amount("client_references__amount"),
        "taxAmount.value": Amount("client_references__tax_amount"),
    }


def _common_sorts(prefix: str) -> dict[str, str]:
    """As `_common`; by a status or a payment method there is no order that means something."""
    return {
        "id": "pk",
        "href": "pk",
        "statusDate": "modified_date",
        "totalAmount.value": "amount",
        "totalAmount.unit": f"{prefix}currency",
        "account.id": f"{prefix}account_id",
        "account.name": f"{prefix}account__name",
        "correlatorId": "client_references__correlator_id",
        "description": "client_references__description",
        "name": "client_references__name",
        "channel.id": "client_references__channel__id",
        "amount.value": "client_references__amount",
        "taxAmount.value": "client_references__tax_amount",
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
        "payer.id": Attribute("client_references__party__id"),
        "paymentItem.item.id": Computed(find=_by_bill("pk")),
        **_common("", PAYMENT_STATUS),
        "status": Computed(find=_by_status(PAYMENT_STATUS, BRM_WORDS)),
    },
    sorts={
        "paymentDate": "created_date",
        "authorizationCode": "auth_code",
        "payer.id": "client_references__party__id",
        **_common_sorts(""),
    },
)

REFUND = Resource(
    names=frozenset(
        [*_NAMES, "refundDate", "payment", "requestor", "paymentTransactionId", "refundStatus"]
        + ["remainingAmount", "requestedRefundDate"]
    ),
    filters={
        "id": Computed(find=_by_poid("pk", "item-refund")),
        "href": Computed(find=_by_poid("pk", "item-refund")),
        "refundDate": Moment("created_date"),
        "payment.id": Computed(find=_by_poid("payment_id", "item-payment")),
        "requestor.id": Attribute("client_references__party__id"),
        **_common("payment__", REFUND_STATUS),
    },
    sorts={
        "refundDate": "created_date",
        "payment.id": "payment_id",
        "requestor.id": "client_references__party__id",
        **_common_sorts("payment__"),
    },
)
