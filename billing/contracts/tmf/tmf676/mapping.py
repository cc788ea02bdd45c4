"""Our rows as TM Forum's documents. Pure; every document has all its keys, null where there is nothing."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from billing.contracts.tmf.hrefs import Base, payment_poid, refund_poid
from billing.contracts.tmf.tmf676.statuses import PAYMENT_STATUS, REFUND_STATUS
from billing.models import Account, Bill, MethodKind, Payment, PaymentMethod, Refund
from billing.poid import poid
from config.kit.lib.money import round_to_minor

Document = dict[str, Any]
NO_TYPE: Document = {"@baseType": None, "@schemaLocation": None, "@type": None}

_KINDS = {MethodKind.CREDIT_CARD: "Credit Card", MethodKind.BANK_ACCOUNT: "Bank Account"}
_PAYINFO = {MethodKind.CREDIT_CARD: "payinfo-cc", MethodKind.BANK_ACCOUNT: "payinfo-dd"}
PAYINFO_KINDS = (*_PAYINFO.values(), "payinfo")


def payment(item: Payment, base: Base, *, oracle: bool = False, with_items: bool = True) -> Document:
    details = getattr(item, "details", None)
    items = _items(item, oracle=oracle) if with_items else []
    document = {
        "id": payment_poid(item.pk),
        "href": base.payment(item.pk),
        "authorizationCode": item.auth_code or None,
        "correlatorId": (details and details.correlator_id) or None,
        "description": (details and details.description) or None,
        "name": (details and details.name) or None,
        "paymentDate": item.created_date,
        "status": PAYMENT_STATUS[item.state],
        "statusDate": item.modified_date,
        "account": account_ref(item.account),
        "amount": money(details.amount if details else None, item.currency),
        "channel": details and details.channel,
        "payer": details and details.party,
        "paymentItem": items or None,
        "paymentMethod": method_of(item, base),
        "taxAmount": money(details.tax_amount if details else None, item.currency),
        "totalAmount": money(item.amount, item.currency),
        "@baseType": "Payment",
        "@schemaLocation": None,
        "@type": "PaymentOracle" if oracle else "Payment",
    }
    if oracle:
        document |= _payment_oracle(item)
    return document


def _payment_oracle(item: Payment) -> Document:
    """What BRM adds where PaymentOracle is asked for."""
    return {
        "paymentTransactionId": item.transaction_id or item.host_reference or item.order_id,
        "unallocatedAmount": money(item.unallocated_amount, item.currency),
        "reversedPaymentAmount": money(item.refunded_amount, item.currency),
        "paymentStatus": item.state,
    }


def refund(item: Refund, base: Base, *, oracle: bool = False) -> Document:
    paid, details = item.payment, getattr(item, "details", None)
    document = {
        "id": refund_poid(item.pk),
        "href": base.refund(item.pk),
        "authorizationCode": None,
        "correlatorId": (details and details.correlator_id) or None,
        "description": (details.description if details else item.reason) or None,
        "name": (details and details.name) or None,
        "refundDate": item.created_date,
        "status": REFUND_STATUS[item.state],
        "statusDate": item.modified_date,
        "account": account_ref(paid.account),
        "amount": money(details.amount if details else None, paid.currency),
        "channel": details and details.channel,
        "payment": {
            "id": payment_poid(paid.pk),
            "href": base.payment(paid.pk),
            "name": None,
            **NO_TYPE,
            "@referredType": "Payment",
        },
        "paymentMethod": method_of(paid, base),
        "requestor": details and details.party,
        "taxAmount": money(details.tax_amount if details else None, paid.currency),
        "totalAmount": money(item.amount, paid.currency),
        "@baseType": "Refund",
        "@schemaLocation": None,
        "@type": "RefundOracle" if oracle else "Refund",
    }
    if oracle:
        document |= {
            "paymentTransactionId": paid.transaction_id or paid.host_reference or paid.order_id,
            "refundStatus": item.state,
            "remainingAmount": money(paid.refundable_amount, paid.currency),
        }
    return document


def money(amount: Decimal | None, currency: str) -> Document | None:
    return None if amount is None else {"unit": currency, "value": number(amount, currency), **NO_TYPE}


def number(amount: Decimal, currency: str) -> Decimal | int:
    """As people write it: 10, 10.5, 10.05."""
    whole = int(amount)
    return whole if whole == amount else round_to_minor(amount, currency).normalize()


def account_ref(account: Account) -> Document:
    return {
        "id": poid("account", account.pk),
        "href": None,
        "description": None,
        "name": account.name,
        **NO_TYPE,
        "@referredType": "billingAccount",
    }


# --- payment methods ------------------------------------------------------------------------------------------


def method_of(item: Payment, base: Base) -> Document:
    """How a payment was made: by a stored method, in cash or by check, or by a card that is not kept."""
    if item.payment_method is not None:
        document = method(item.payment_method, base, with_account=False)
        return document | {"@type": "PaymentMethodRefOrValue", "@referredType": None}
    details = getattr(item, "details", None)
    return {
        "id": (details and details.method_reference) or None,
        "href": None,
        "description": None,
        "isPreferred": None,
        "name": item.masked_card or None,
        "status": None,
        "statusDate": None,
        "account": None,
        "relatedParty": None,
        "validFor": None,
        "@baseType": "PaymentMethodRefOrValue",
        "@schemaLocation": None,
        "@type": {"cash": "Cash", "check": "Check"}.get(item.received_as, "PaymentMethodRefOrValue"),
        "@referredType": None if item.received_as else "bankCard",
    }


def method_name(item: PaymentMethod) -> str:
    """The id that its owner gave it, else ours."""
    return item.external_id or method_poid(item)


def method_poid(item: PaymentMethod) -> str:
    return poid(_PAYINFO.get(MethodKind(item.kind), "payinfo"), item.pk)


def method(item: PaymentMethod, base: Base, *, with_account: bool = True) -> Document:
    """Inside a payment only what names it, as BRM's sample has it."""
    name = method_name(item)
    kind = _KINDS.get(MethodKind(item.kind), MethodKind(item.kind).name.replace("_", " ").title())
    return {
        "id": name,
        "href": base.method(name),
        "description": (item.card_mask or item.bank_account_mask or None) if with_account else None,
        "isPreferred": item.is_default if with_account else None,
        "name": f"{item.holder_name}'s {kind}",
        "status": _status(item) if with_account else None,
        "statusDate": item.modified_date if with_account else None,
        "account": [account_ref(item.account)] if with_account else None,
        "relatedParty": None,
        "validFor": _valid_for(item) if with_account else None,
        "@baseType": "PaymentMethodRefOrValue" if not with_account else "PaymentMethod",
        "@schemaLocation": None,
        "@type": _type(item),
    }


def _type(item: PaymentMethod) -> str:
    types = {MethodKind.CREDIT_CARD: "BankCard", MethodKind.BANK_ACCOUNT: "BankAccountDebit"}
    return types.get(MethodKind(item.kind), "DigitalWallet")


def _status(item: PaymentMethod) -> str:
    return "expired" if item.is_expired else "active" if item.is_active else "inactive"


def _valid_for(item: PaymentMethod) -> Document | None:
    if item.expires_on is None:
        return None
    return {"startDateTime": item.created_date, "endDateTime": f"{item.expires_on.isoformat()}T23:59:59Z"}


# --- items ----------------------------------------------------------------------------------------------------


def _items(item: Payment, *, oracle: bool) -> list[Document]:
    """What the payment is for, and what it was put to later: one item for each bill."""
    bills: dict[int, Bill] = {}
    wanted: dict[int, Decimal] = {}
    put: dict[int, Decimal] = {}
    at: dict[int, Any] = {}
    for row in item.payment_bills.all():
        bills[row.bill_id], wanted[row.bill_id] = row.bill, row.amount
    for part in item.allocations.all():
        bills[part.bill_id] = part.bill
        put[part.bill_id] = put.get(part.bill_id, Decimal(0)) + part.amount
        at[part.bill_id] = part.created_at
    documents = []
    for key, bill in bills.items():
        amount = wanted.get(key, put.get(key, Decimal(0)))
        document = item_document(bill, amount, item.currency)
        if oracle:
            document |= {
                "@type": "PaymentItemOracle",
                "itemNo": str(bill.number),
                "paymentAllocatedOn": at.get(key),
                "receivedAmount": money(put.get(key, Decimal(0)), item.currency),
                "remainingAmount": money(bill.open_amount, item.currency),
            }
        documents.append(document)
    return documents


def item_document(bill: Bill, amount: Decimal, currency: str) -> Document:
    return {
        "id": poid("bill", bill.pk),
        "amount": None,
        "item": {
            "id": poid("bill", bill.pk),
            "href": None,
            "name": str(bill.number),
            "@baseType": "CustomerBill",
            "@schemaLocation": None,
            "@type": "CustomerBill",
            "@referredType": None,
        },
        "taxAmount": None,
        "totalAmount": money(amount, currency),
        "@baseType": "PaymentItem",
        "@schemaLocation": None,
        "@type": "PaymentItem",
    }


def allocation(item: Payment, bills: Iterable[tuple[Bill, Decimal]], base: Base) -> Document:
    """What BRM answers to a paymentAllocation."""
    return {
        "payment": {"id": payment_poid(item.pk), "href": base.payment(item.pk)},
        "account": account_ref(item.account),
        "paymentItem": [item_document(bill, amount, item.currency) for bill, amount in bills],
        "unallocatedAmount": money(item.unallocated_amount, item.currency),
        "@baseType": "PaymentAllocation",
        "@schemaLocation": None,
        "@type": "PaymentAllocation",
    }
