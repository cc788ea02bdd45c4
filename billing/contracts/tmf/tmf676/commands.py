"""From what a client sent to what our services are asked."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from billing.contracts.tmf.auth import Caller
from billing.contracts.tmf.tmf676 import queries
from billing.contracts.tmf.tmf676.requests import (
    AllocationCreate,
    Asked,
    Item,
    Method,
    Money,
    PaymentCreate,
    RefundCreate,
    amount_of,
)
from billing.models import Account, Bill, Payment, PaymentDetails, PaymentMethod, ReceivedAs, RefundDetails
from billing.poid import number_of
from billing.services.account_refund import AccountRefund
from billing.services.payment_request import PaymentRequest
from config.kit.lib.errors import InvalidValueError
from payments.gateways.types import Payer

SOURCE = "tmf676"
Parts = list[tuple[Bill, Decimal]]


def payment_of(body: PaymentCreate, caller: Caller, *, automatic: bool, ip: str) -> PaymentRequest:
    """Raises InvalidValueError for an account, a method or a bill that there is not."""
    account = find_account(body.account.id)
    amount = amount_of(body.total_amount, "totalAmount")
    received_as = _received_as(body.payment_method)
    instrument = received_as or default_method(account, body.payment_method.id)
    parts = items_of(account, body.payment_item or (), body.total_amount.unit)
    details = PaymentDetails(
        **_details(body, caller), party=_reference(body.payer), fingerprint=_fingerprint(body, automatic)
    )
    details.method_reference = body.payment_method.id if received_as else ""
    return PaymentRequest(
        account=account,
        amount=amount,
        currency=body.total_amount.unit,
        instrument=instrument,
        parts=None if automatic and not parts else parts,
        client_references=details,
        auth_code=body.authorization_code or "",
        payer=Payer(ip=ip),
        source=SOURCE,
        user_id=caller.user_id,
    )


def refund_of(body: RefundCreate, caller: Caller) -> AccountRefund:
    """Raises InvalidValueError for an account, a method or a payment that there is not."""
    account = find_account(body.account.id)
    if _received_as(body.payment_method) is None:
        find_method(account, body.payment_method.id)
    details = RefundDetails(
        **_details(body, caller), party=_reference(body.requestor), fingerprint=_fingerprint(body, False)
    )
    details.method_reference = body.payment_method.id
    return AccountRefund(
        account=account,
        payment=find_payment(account, body.payment.id) if body.payment else None,
        amount=amount_of(body.total_amount, "totalAmount"),
        currency=body.total_amount.unit,
        reason=body.description or body.name or "",
        client_references=details,
        user_id=caller.user_id,
    )


def allocation_of(body: AllocationCreate) -> tuple[Payment, Parts]:
    number = number_of(body.payment_id, "item-payment")
    payment = queries.PAYMENTS.filter(pk=number or 0).first()
    if payment is None:
        raise InvalidValueError("paymentId", "There is no such payment.")
    items = [Item(item=share, total_amount=share.allocated_amount) for share in body.bill]  # type: ignore[arg-type]
    return payment, items_of(payment.account, items, payment.currency, field="bill")


# --- what is named --------------------------------------------------------------------------------------------


def find_account(name: str) -> Account:
    found = Account.objects.select_related("channel").filter(queries.account_named(name)).first()
    if found is None:
        raise InvalidValueError("account.id", "There is no such account.")
    return found


def find_method(account: Account, name: str) -> PaymentMethod:
    """One of the account's methods; nobody is told of others'."""
    methods = queries.METHODS.filter(queries.method_named(name), account=account).order_by(
        "-is_default", "pk"
    )
    found = methods.first()
    if found is None:
        raise InvalidValueError("paymentMethod.id", "The account has no such payment method.")
    return found


def default_method(account: Account, name: str) -> PaymentMethod:
    """The account's default method, whichever of its methods is named: BRM's page wants it so."""
    named = find_method(account, name)
    own = queries.METHODS.filter(account=account, is_default=True).first()
    return own or named


def find_payment(account: Account, name: str) -> Payment:
    number = number_of(name, "item-payment")
    payments = Payment.objects.select_related("pos", "channel")
    found = payments.filter(pk=number or 0, account=account).first()
    if found is None:
        raise InvalidValueError("payment.id", "The account has no such payment.")
    return found


def items_of(account: Account, items: Iterable[Item], unit: str, field: str = "paymentItem") -> Parts:
    """The bills of the account that items name, each once, with their amounts."""
    parts: Parts = []
    for index, item in enumerate(items):
        where = f"{field}[{index}]"
        money = item.total_amount or item.amount
        if money is None:
            raise InvalidValueError(f"{where}.totalAmount", "An amount is expected.")
        amount = amount_of(money, f"{where}.totalAmount")
        if money.unit != unit:
            raise InvalidValueError(f"{where}.totalAmount.unit", "The currency of the whole is expected.")
        bill = queries.find_bill(item.item.id)
        if bill is None or bill.subscription.account_id != account.pk:
            raise InvalidValueError(f"{where}.item.id", "The account has no such bill.")
        if any(known.pk == bill.pk for known, _amount in parts):
            raise InvalidValueError(f"{where}.item.id", "This bill is there twice.")
        parts.append((bill, amount))
    return sorted(parts, key=lambda part: part[0].pk)


def _received_as(method: Method) -> ReceivedAs | None:
    """None for a stored method. Raises InvalidValueError for another type."""
    name = method.type.strip().lower()
    if name in ("cash", "check"):
        return ReceivedAs(name)
    if name != "paymentmethodref":
        raise InvalidValueError("paymentMethod.@type", "One of PaymentMethodRef, Cash, Check is expected.")
    if not (method.referred_type or "").strip():
        raise InvalidValueError("paymentMethod.@referredType", "A value is expected.")
    return None


def _details(body: Asked, caller: Caller) -> dict[str, Any]:
    return {
        "client": caller.name,
        "correlator_id": body.correlator_id or "",
        "name": body.name or "",
        "description": body.description or "",
        "channel": _reference(body.channel),
        "amount": _optional(body.amount, "amount", body.total_amount.unit),
        "tax_amount": _optional(body.tax_amount, "taxAmount", body.total_amount.unit),
    }


def _optional(money: Money | None, field: str, unit: str) -> Decimal | None:
    """An amount that is only kept; a tax may be nothing."""
    if money is None or (field == "taxAmount" and bytes(money.value).strip(b'" 0.') == b""):
        return None if money is None else Decimal(0)
    if money.unit != unit:
        raise InvalidValueError(f"{field}.unit", "The currency of the whole is expected.")
    return amount_of(money, field)


def _reference(item: msgspec.Struct | None) -> Any:
    return None if item is None else msgspec.to_builtins(item)


def _fingerprint(body: Asked, automatic: bool) -> str:
    """The same for the same wish, however its JSON is written: 10 and 10.0 are one amount."""
    plain = msgspec.to_builtins(body, builtin_types=(Decimal,), enc_hook=_plain_raw)
    text = msgspec.json.encode([plain, automatic], order="deterministic", enc_hook=str)
    return hashlib.sha256(text).hexdigest()


def _plain_raw(value: Any) -> str:
    """A number as it stands in the body, in one spelling."""
    text = bytes(value).decode().strip(' "')
    try:
        return str(Decimal(text).normalize())
    except InvalidOperation:
        return text
