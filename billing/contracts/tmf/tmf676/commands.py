"""Bodies of clients as requests to the services."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from billing.contracts.tmf.accounts import find_account
from billing.contracts.tmf.auth import Client
from billing.contracts.tmf.bodies import Money, amount_of
from billing.contracts.tmf.faults import Faults
from billing.contracts.tmf.tmf630.values import parse_moment
from billing.contracts.tmf.tmf670.queries import find_charged_method, find_method
from billing.contracts.tmf.tmf676 import queries
from billing.contracts.tmf.tmf676.requests import (
    AllocationCreate,
    BillToPay,
    CommonFields,
    Item,
    ItemRef,
    Method,
    PaymentCreate,
    RefundCreate,
)
from billing.models import (
    Account,
    AllocationClientReferences,
    Bill,
    Payment,
    PaymentClientReferences,
    PaymentMethod,
    ReceivedAs,
    RefundClientReferences,
)
from billing.poid import number_of
from billing.services.payment_request import PaymentRequest
from billing.services.refund_request import RefundRequest
from config.kit.lib.errors import InvalidValueError
from payments.gateways.types import Payer

SOURCE = "tmf676"
_ITEM_AMOUNTS = {"amount": "amount", "total_amount": "totalAmount", "tax_amount": "taxAmount"}
RECEIVED_OUTSIDE = ("cash", "check")
Parts = list[tuple[Bill, Decimal]]


def payment_of(
    body: PaymentCreate, client: Client, *, automatic: bool, own_method: bool, ip: str
) -> PaymentRequest:
    """Raises InvalidValueError for an unknown account, payment method or bill.

    `automatic`: the oldest bills first. `own_method`: the account's default method is charged whichever is named, as
    BRM's page says; else only the named one.
    """
    faults = Faults()
    unit = body.total_amount.unit
    account = faults.of(find_account, body.account.id, client.reach)
    amount = faults.of(amount_of, body.total_amount, "totalAmount")
    received_as = faults.of(cash_or_check, body.payment_method)
    named = [*(body.payment_item or ()), *map(_item_of_bill, body.bills or ())]
    items = [
        faults.of(_sent_item, item, f"paymentItem[{index}]", unit)
        for index, item in enumerate(body.payment_item or ())
    ]
    references = faults.of(_client_references, body, client)
    instrument: PaymentMethod | ReceivedAs | None = received_as
    parts: Parts | None = []
    if account is not None:
        find = find_charged_method if own_method else find_method
        if received_as is None and is_stored_method(body.payment_method):
            instrument = faults.of(find, account, body.payment_method.id)
        parts = faults.of(items_of, account, named, unit)
    faults.raise_found()
    if account is None or amount is None or instrument is None or references is None:
        raise LookupError("A check failed without a fault.")
    return PaymentRequest(
        account=account,
        amount=amount,
        currency=unit,
        instrument=instrument,
        parts=None if automatic and not parts else parts,
        client_references=PaymentClientReferences(
            **references,
            party=_as_sent(body.payer),
            fingerprint=_fingerprint(body, automatic),
            items=items,
            method_reference=body.payment_method.id if received_as else "",
        ),
        auth_code=body.authorization_code or "",
        payer=Payer(ip=ip),
        source=SOURCE,
        user_id=client.user_id,
    )


def refund_of(body: RefundCreate, client: Client) -> RefundRequest:
    """Raises InvalidValueError for an unknown account, payment method or payment."""
    faults = Faults()
    account = faults.of(find_account, body.account.id, client.reach)
    amount = faults.of(amount_of, body.total_amount, "totalAmount")
    faults.of(cash_or_check, body.payment_method)
    faults.of(_check_moment, body.refund_date, "refundDate")
    references = faults.of(_client_references, body, client)
    payment = None
    if account is not None:
        if is_stored_method(body.payment_method):
            faults.of(find_method, account, body.payment_method.id)
        if body.payment is not None:
            payment = faults.of(find_payment, account, body.payment.id)
    faults.raise_found()
    if account is None or amount is None or references is None:
        raise LookupError("A check failed without a fault.")
    return RefundRequest(
        account=account,
        payment=payment,
        amount=amount,
        currency=body.total_amount.unit,
        reason=body.description or body.name or "",
        client_references=RefundClientReferences(
            **references,
            party=_as_sent(body.requestor),
            fingerprint=_fingerprint(body, False),
            method_reference=body.payment_method.id,
            refund_date=body.refund_date or "",
        ),
        user_id=client.user_id,
    )


def allocation_of(
    body: AllocationCreate, client: Client
) -> tuple[Payment, Parts, AllocationClientReferences | None]:
    """The references only where the client sent a correlator id. Raises InvalidValueError."""
    number = number_of(body.payment_id, "item-payment")
    payment = client.reach.limit(queries.PAYMENTS).filter(pk=number or 0).first()
    if payment is None:
        raise InvalidValueError("paymentId", "There is no such payment.")
    items = [Item(item=ItemRef(id=share.id), total_amount=share.allocated_amount) for share in body.bill]
    parts = items_of(payment.account, items, payment.currency, field="bill")
    if not body.correlator_id:
        return payment, parts, None
    references = AllocationClientReferences(
        client=client.name, correlator_id=body.correlator_id, fingerprint=_fingerprint(body)
    )
    return payment, parts, references


def find_payment(account: Account, name: str) -> Payment:
    number = number_of(name, "item-payment")
    payments = Payment.objects.select_related("pos", "pos_version", "channel")
    found = payments.filter(pk=number or 0, account=account).first()
    if found is None:
        raise InvalidValueError("payment.id", "The account has no such payment.")
    return found


def items_of(account: Account, items: Iterable[Item], unit: str, field: str = "paymentItem") -> Parts:
    """The bills that the items name and their amounts, in the order of bill ids. Raises InvalidValueError.

    An item without an amount pays the bill's open amount. One that names another entity than a bill pays nothing.
    """
    faults = Faults()
    parts: dict[Bill, Decimal] = {}
    for index, item in enumerate(items):
        if not item.item.names_a_bill:
            continue
        where = f"{field}[{index}]"
        bill = faults.of(_find_bill, account, item.item.id, f"{where}.item.id")
        amount = faults.of(_part_of, item, unit, f"{where}.totalAmount")
        if bill in parts:
            faults.of(_refuse, f"{where}.item.id", "This bill is repeated.")
        elif bill is not None:
            parts[bill] = bill.open_amount if amount is None else amount
    faults.raise_found()
    return sorted(parts.items(), key=lambda part: part[0].pk)


def _find_bill(account: Account, name: str, field: str) -> Bill:
    """Of the account: a payment pays no bill of another one. Raises InvalidValueError."""
    bill = queries.find_bill(name)
    if bill is None or bill.subscription.account_id != account.pk:
        raise InvalidValueError(field, "The account has no such bill.")
    return bill


def _part_of(item: Item, unit: str, field: str) -> Decimal | None:
    """None where the item names no amount. Raises InvalidValueError."""
    money = item.total_amount or item.amount
    if money is not None and money.unit != unit:
        raise InvalidValueError(f"{field}.unit", "The currency of totalAmount is expected.")
    return None if money is None else amount_of(money, field)


def _refuse(field: str, message: str) -> None:
    raise InvalidValueError(field, message)


def _check_moment(text: str | None, field: str) -> None:
    """Raises InvalidValueError unless it is a date, or a date and time, in ISO 8601."""
    try:
        parse_moment(text or "2000-01-01")
    except ValueError:
        raise InvalidValueError(field, "A date and time in ISO 8601 is expected.") from None


def _item_of_bill(bill: BillToPay) -> Item:
    return Item(item=ItemRef(id=bill.id), total_amount=bill.amount)


def _sent_item(item: Item, field: str, unit: str) -> dict[str, Any]:
    """As the client sent it, to be echoed. Amounts are checked also where they pay nothing; they are kept as text,
    because they must stay exact.
    """
    sent: dict[str, Any] = {"item": msgspec.to_builtins(item.item)}
    for name, wire_name in _ITEM_AMOUNTS.items():
        amount = _optional(getattr(item, name), f"{field}.{wire_name}", unit)
        sent[name] = None if amount is None else {"unit": unit, "value": str(amount)}
    return sent


def cash_or_check(method: Method) -> ReceivedAs | None:
    """None for a stored payment method. Raises InvalidValueError for an unknown type."""
    if is_received_outside(method):
        return ReceivedAs(method.type.strip().lower())
    if not is_stored_method(method):
        raise InvalidValueError("paymentMethod.@type", "One of PaymentMethodRef, Cash, Check is expected.")
    if not (method.referred_type or "").strip():
        raise InvalidValueError("paymentMethod.@referredType", "A value is expected.")
    return None


def is_stored_method(method: Method) -> bool:
    return method.type.strip().lower() == "paymentmethodref"


def is_received_outside(method: Method) -> bool:
    return method.type.strip().lower() in RECEIVED_OUTSIDE


def _client_references(body: CommonFields, client: Client) -> dict[str, Any]:
    faults, unit = Faults(), body.total_amount.unit
    amount = faults.of(_optional, body.amount, "amount", unit)
    tax_amount = faults.of(_optional, body.tax_amount, "taxAmount", unit)
    faults.raise_found()
    return {
        "client": client.name,
        "correlator_id": body.correlator_id or "",
        "name": body.name or "",
        "description": body.description or "",
        "channel": _as_sent(body.channel),
        "amount": amount,
        "tax_amount": tax_amount,
    }


def _optional(money: Money | None, field: str, unit: str) -> Decimal | None:
    """An amount that is stored and not charged. Tax may be zero."""
    if money is None or (field.endswith("taxAmount") and bytes(money.value).strip(b'" 0.') == b""):
        return None if money is None else Decimal(0)
    if money.unit != unit:
        raise InvalidValueError(f"{field}.unit", "The currency of totalAmount is expected.")
    return amount_of(money, field)


def _as_sent(item: msgspec.Struct | None) -> Any:
    return None if item is None else msgspec.to_builtins(item)


def _fingerprint(body: CommonFields | AllocationCreate, automatic: bool = False) -> str:
    """SHA-256 of the body. Equal for equal requests, however their JSON is written: 10 and 10.0 are one amount."""
    plain = msgspec.to_builtins(body, builtin_types=(Decimal,), enc_hook=_plain_raw)
    text = msgspec.json.encode([plain, automatic], order="deterministic", enc_hook=str)
    return hashlib.sha256(text).hexdigest()


def _plain_raw(value: Any) -> str:
    """A number of the body, normalised."""
    text = bytes(value).decode().strip(' "')
    try:
        return str(Decimal(text).normalize())
    except InvalidOperation:
        return text
