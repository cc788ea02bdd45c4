"""iyzico's messages, built and read: docs/gateways/iyzico.md."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from payments.gateways.base.callbacks import callback_result
from payments.gateways.iyzico import codes, signature
from payments.gateways.types import (
    CallbackResult,
    CardData,
    OrderData,
    Payer,
    References,
    StoredCard,
    ThreeDProof,
)

Body = dict[str, Any]

SALE = "/payment/auth"
THREE_D_INIT = "/payment/3dsecure/initialize"
THREE_D_AUTH = "/payment/3dsecure/auth"
DETAIL = "/payment/detail"
CANCEL = "/payment/cancel"
REFUND = "/payment/refund"

NO_IDENTITY_NUMBER = "11111111111"
"""iyzico requires one and accepts this where the merchant has none."""


def to_document(body: Body) -> str:
    """The exact text that is signed and sent."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def sale(order: OrderData, card: CardData | StoredCard, callback_url: str = "") -> Body:
    """A charge, or with `callback_url` the start of one with 3-D. One basket item for the whole amount."""
    price = signature.format_price(order.amount)
    address = _address(order.payer)
    item = {
        "id": order.id,
        "name": order.id,
        "category1": "Bill",
        "itemType": "VIRTUAL",
        "price": price,
    }
    body: Body = {
        **_head(order),
        "price": price,
        "paidPrice": price,
        "currency": order.currency,
        "installment": order.installments,
        "basketId": order.id,
        "paymentChannel": "WEB",
        "paymentGroup": "PRODUCT",
        "paymentCard": _card(card),
        "buyer": _buyer(order),
        "shippingAddress": address,
        "billingAddress": address,
        "basketItems": [item],
    }
    return {**body, "callbackUrl": callback_url} if callback_url else body


def completion(order: OrderData, payment_id: str, conversation_data: str) -> Body:
    return {**_head(order), "paymentId": payment_id, "conversationData": conversation_data}


def detail(order: OrderData, payment_id: str) -> Body:
    """The order is named by our id, and by iyzico's where it is known."""
    known = {"paymentId": payment_id} if payment_id else {}
    return {**_head(order), **known, "paymentConversationId": order.id}


def cancel(order: OrderData, payment_id: str) -> Body:
    return {**_head(order), "paymentId": payment_id, "ip": order.payer.ip}


def refund(order: OrderData, item_id: str) -> Body:
    """`order.amount` is the amount to refund, full or partial."""
    return {
        **_head(order),
        "paymentTransactionId": item_id,
        "price": signature.format_price(order.amount),
        "currency": order.currency,
        "ip": order.payer.ip,
    }


@dataclass(frozen=True)
class Reply:
    """A JSON answer. Numbers are Decimals; error codes, which come as text or number, are text."""

    values: Mapping[str, Any]

    @property
    def succeeded(self) -> bool:
        return self.text("status") == codes.SUCCESS

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        return None if value is None or value == "" else str(value)

    def amount(self, name: str) -> Decimal | None:
        """Raises ArithmeticError for anything but a number."""
        value = self.text(name)
        return None if value is None else Decimal(value)

    @property
    def items(self) -> list[Mapping[str, Any]]:
        return [item for item in self.values.get("itemTransactions") or [] if isinstance(item, Mapping)]

    def is_authentic(self, secret_key: str, names: tuple[str, ...]) -> bool:
        return signature.response_is_authentic(secret_key, self.values, names)


def read_reply(document: bytes | str) -> Reply:
    """Raises ValueError for anything but a JSON object."""
    values = json.loads(document, parse_float=Decimal)
    if not isinstance(values, dict):
        raise ValueError("Not a JSON object.")
    return Reply(values)


def read_callback(
    fields: Mapping[str, str | None], *, secret_key: str, accept_half_secure: bool = False
) -> CallbackResult:
    """What came back from iyzico's 3-D page. No money has moved; amounts come with the completion."""
    values = {name: value for name, value in fields.items() if value}
    return callback_result(
        values,
        authentic=signature.response_is_authentic(secret_key, fields, signature.CALLBACK),
        md_status=values.get("mdStatus"),
        accept_half_secure=accept_half_secure,
        may_complete=values.get("status") == codes.SUCCESS,
        order_id=values.get("conversationId"),
        references=References(transaction_id=values.get("paymentId", "")),
        raw_code=values.get("status", ""),
        proof=ThreeDProof(md=values.get("conversationData", "")),
    )


def _head(order: OrderData) -> Body:
    return {"locale": "en" if order.language == "en" else "tr", "conversationId": order.id}


def _card(card: CardData | StoredCard) -> Body:
    if isinstance(card, StoredCard):
        return {"cardUserKey": card.user_key, "cardToken": card.token}
    return {
        "cardHolderName": card.holder,
        "cardNumber": card.number,
        "expireYear": str(card.expiry_year),
        "expireMonth": card.month,
        "cvc": card.cvc,
        "registerCard": 0,
    }


def _buyer(order: OrderData) -> Body:
    payer = order.payer
    return {
        "id": order.id,
        "name": payer.name or "-",
        "surname": payer.surname or "-",
        "email": payer.email,
        "gsmNumber": payer.phone,
        "identityNumber": payer.identity_number or NO_IDENTITY_NUMBER,
        "registrationAddress": payer.address or "-",
        "city": payer.city or "-",
        "country": payer.country or "Turkey",
        "ip": payer.ip,
    }


def _address(payer: Payer) -> Body:
    return {
        "contactName": f"{payer.name} {payer.surname}".strip() or "-",
        "city": payer.city or "-",
        "country": payer.country or "Turkey",
        "address": payer.address or "-",
    }
