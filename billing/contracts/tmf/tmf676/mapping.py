"""Payments and refunds as TM Forum's documents. Pure. Every document has all its keys, null where there is nothing."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from billing.contracts.tmf.hrefs import Base
from billing.contracts.tmf.references import NO_TYPE, Document, account_ref, is_bill, money
from billing.contracts.tmf.tmf670.mapping import payment_method_of
from billing.contracts.tmf.tmf676.statuses import PAYMENT_STATUS, REFUND_STATUS
from billing.models import Bill, Payment, Refund
from billing.poid import bill_poid, payment_poid, refund_poid


def payment(item: Payment, base: Base, *, oracle: bool = False, with_items: bool = True) -> Document:
    references = getattr(item, "client_references", None)
    items = _items(item, oracle=oracle) if with_items else []
    document = {
        "id": payment_poid(item.pk),
        "href": base.payment(item.pk),
        "authorizationCode": item.auth_code or None,
        "correlatorId": (references and references.correlator_id) or None,
        "description": (references and references.description) or None,
        "name": (references and references.name) or None,
        "paymentDate": item.created_date,
        "status": PAYMENT_STATUS[item.state],
        "statusDate": item.modified_date,
        "account": account_ref(item.account),
        "amount": money(references.amount if references else None, item.currency),
        "channel": references and references.channel,
        "payer": references and references.party,
        "paymentItem": items or None,
        "paymentMethod": payment_method_of(item, base),
        "taxAmount": money(references.tax_amount if references else None, item.currency),
        "totalAmount": money(item.amount, item.currency),
        "@baseType": "Payment",
        "@schemaLocation": None,
        "@type": "PaymentOracle" if oracle else "Payment",
    }
    if oracle:
        document |= _payment_oracle(item)
    return document


def _payment_oracle(item: Payment) -> Document:
    """Attributes that BRM adds in the extended form."""
    return {
        "paymentTransactionId": item.transaction_id or item.host_reference or item.order_id,
        "unallocatedAmount": money(item.unallocated_amount, item.currency),
        "reversedPaymentAmount": money(item.refunded_amount, item.currency),
        "paymentStatus": item.state,
    }


def refund(item: Refund, base: Base, *, oracle: bool = False) -> Document:
    paid, references = item.payment, getattr(item, "client_references", None)
    document = {
        "id": refund_poid(item.pk),
        "href": base.refund(item.pk),
        "authorizationCode": None,
        "correlatorId": (references and references.correlator_id) or None,
        "description": (references.description if references else item.reason) or None,
        "name": (references and references.name) or None,
        "refundDate": item.created_date,
        "status": REFUND_STATUS[item.state],
        "statusDate": item.modified_date,
        "account": account_ref(paid.account),
        "amount": money(references.amount if references else None, paid.currency),
        "channel": references and references.channel,
        "payment": {
            "id": payment_poid(paid.pk),
            "href": base.payment(paid.pk),
            "name": None,
            **NO_TYPE,
            "@referredType": "Payment",
        },
        "paymentMethod": payment_method_of(paid, base),
        "requestor": references and references.party,
        "taxAmount": money(references.tax_amount if references else None, paid.currency),
        "totalAmount": money(item.amount, paid.currency),
        "@baseType": "Refund",
        "@schemaLocation": None,
        "@type": "RefundOracle" if oracle else "Refund",
    }
    if references and references.refund_date:
        document["requestedRefundDate"] = references.refund_date
    if oracle:
        document |= {
            "paymentTransactionId": paid.transaction_id or paid.host_reference or paid.order_id,
            "refundStatus": item.state,
            "remainingAmount": money(paid.refundable_amount, paid.currency),
        }
    return document


def _items(item: Payment, *, oracle: bool) -> list[Document]:
    """One item for each bill that the payment names or was allocated to later."""
    bills: dict[int, Bill] = {}
    requested: dict[int, Decimal] = {}
    allocated: dict[int, Decimal] = {}
    allocated_at: dict[int, Any] = {}
    for row in item.payment_bills.all():
        bills[row.bill_id], requested[row.bill_id] = row.bill, row.amount
    for part in item.allocations.all():
        bills[part.bill_id] = part.bill
        allocated[part.bill_id] = allocated.get(part.bill_id, Decimal(0)) + part.amount
        allocated_at[part.bill_id] = part.created_at
    references = getattr(item, "client_references", None)
    sent = list((references.items if references else None) or ())
    by_name = {one["item"]["id"]: one for one in sent if is_bill(one["item"].get("@referredType"))}
    documents = []
    for key, bill in bills.items():
        amount = requested.get(key, allocated.get(key, Decimal(0)))
        document = item_document(bill, amount, item.currency)
        document |= _sent_amounts(by_name.get(bill_poid(key)) or by_name.get(str(bill.number)) or {})
        if oracle:
            document |= {
                "@type": "PaymentItemOracle",
                "itemNo": str(bill.number),
                "paymentAllocatedOn": allocated_at.get(key),
                "receivedAmount": money(allocated.get(key, Decimal(0)), item.currency),
                "remainingAmount": money(bill.open_amount, item.currency),
            }
        documents.append(document)
    others = [_other_item(one) for one in sent if not is_bill(one["item"].get("@referredType"))]
    return documents + others


def _sent_amounts(sent: Document) -> Document:
    """What the client sent of an item's amounts; `totalAmount` stays what was paid where none was sent."""
    amounts = {
        "amount": _sent_money(sent.get("amount")),
        "taxAmount": _sent_money(sent.get("tax_amount")),
    }
    if sent.get("total_amount"):
        amounts["totalAmount"] = _sent_money(sent["total_amount"])
    return amounts


def _sent_money(sent: Document | None) -> Document | None:
    return None if sent is None else money(Decimal(sent["value"]), sent["unit"])


def _other_item(sent: Document) -> Document:
    """An item that names no bill of ours: kept and echoed, nothing is allocated."""
    entity = {"href": None, "name": None, **NO_TYPE, "@referredType": None, **sent["item"]}
    return {
        "id": None,
        "item": entity,
        "totalAmount": None,
        **_sent_amounts(sent),
        "@baseType": "PaymentItem",
        "@schemaLocation": None,
        "@type": "PaymentItem",
    }


def item_document(bill: Bill, amount: Decimal, currency: str) -> Document:
    return {
        "id": bill_poid(bill.pk),
        "amount": None,
        "item": {
            "id": bill_poid(bill.pk),
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
    """BRM's answer to a paymentAllocation."""
    return {
        "payment": {"id": payment_poid(item.pk), "href": base.payment(item.pk)},
        "account": account_ref(item.account),
        "paymentItem": [item_document(bill, amount, item.currency) for bill, amount in bills],
        "unallocatedAmount": money(item.unallocated_amount, item.currency),
        "@baseType": "PaymentAllocation",
        "@schemaLocation": None,
        "@type": "PaymentAllocation",
    }
