"""The gateways' replies in the words of the vectors."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from config.kit.lib import money
from payments.gateways.garanti import codes as garanti_codes
from payments.gateways.garanti import replies as garanti_replies
from payments.gateways.iyzico import messages as iyzico_messages
from payments.gateways.nestpay import codes as nestpay_codes
from payments.gateways.nestpay import replies as nestpay_replies
from payments.gateways.types import OrderState

Data = dict[str, Any]

# The sources' names: they call an authorised order completed, too.
ORDER_STATUS = {
    OrderState.AUTHORIZED: "PAYMENT_COMPLETED",
    OrderState.CAPTURED: "PAYMENT_COMPLETED",
    OrderState.VOIDED: "CANCELED",
    OrderState.DECLINED: "ERROR",
    OrderState.PENDING: "PAYMENT_PENDING",
    OrderState.THREE_D_OPEN: "PAYMENT_PENDING",
}
NESTPAY_TYPES = {nestpay_codes.CHARGE: "pay", nestpay_codes.CREDIT: "refund"}


def _major(minor: str | None) -> Decimal | None:
    return None if minor is None else money.parse_amount(minor, "TRY", money.AmountFormat.MINOR)


def _order_status(state: str | None) -> str | None:
    if state is None:
        return None
    return ORDER_STATUS.get(nestpay_codes.ORDER_STATES.get(state, OrderState.UNKNOWN), "ERROR")


def nestpay_words(document: bytes | str, data: Mapping[str, Any]) -> Data:
    reply = nestpay_replies.read_reply(document)
    # A void or refund that was refused names no group and no number in the sources.
    named = reply.succeeded or data["operation"] not in ("void", "refund")
    state, captured = reply.extra_text("TRANS_STAT"), reply.extra_text("CAPTURE_AMT")
    return {
        "success": reply.succeeded,
        "order_id": reply.order_id,
        "group_id": reply.group_id if named else None,
        "auth_code": reply.auth_code,
        "host_ref_num": reply.host_reference,
        "transaction_id": reply.transaction_id,
        "proc_return_code": reply.return_code,
        "error_code": reply.error_code,
        "error_message": reply.error_text,
        "num_code": reply.numeric_code if named else None,
        "trans_stat": state,
        "order_status": _order_status(state),
        "captured": None if state is None else bool(_major(captured)),
        "first_amount": _major(reply.extra_text("ORIG_TRANS_AMT")),
        "capture_amount": _major(captured),
        "masked_pan": reply.extra_text("PAN"),
        "transaction_type": NESTPAY_TYPES.get(reply.extra_text("CHARGE_TYPE_CD") or ""),
        "transaction_count": len(reply.history),
        "transactions": [_nestpay_row(row) for row in reply.history],
    }


def _nestpay_row(row: nestpay_replies.HistoryRow) -> Data:
    return {
        "type": NESTPAY_TYPES[row.charge_type],
        "order_status": _order_status(row.state),
        "trans_stat": row.state,
        "success": row.succeeded,
        "proc_return_code": row.return_code,
        "auth_code": row.auth_code,
        "host_ref_num": row.host_reference,
        "transaction_id": row.transaction_id,
        "first_amount": _major(row.original_minor),
        "capture_amount": _major(row.captured_minor),
    }


def garanti_words(document: bytes | str, data: Mapping[str, Any]) -> Data:
    reply = garanti_replies.read_reply(document)
    confirmed = _confirmed(reply, data)
    own = confirmed is not None  # a confirmed order's own references, not those of the inquiry
    return {
        "success": reply.succeeded if confirmed is None else reply.succeeded and confirmed,
        "proc_return_code": reply.code,
        "reason_code": reply.reason_code,
        "source": reply.transaction("Response", "Source"),
        "error_message": reply.transaction("Response", "ErrorMsg"),
        "sys_err_msg": reply.transaction("Response", "SysErrMsg"),
        "order_id": reply.order_id,
        "auth_code": reply.inquiry("AuthCode") if own else reply.transaction("AuthCode"),
        "host_ref_num": reply.inquiry("RetrefNum") if own else reply.transaction("RetrefNum"),
        "batch_num": reply.transaction("BatchNum"),
        "masked_pan": reply.inquiry("CardNumberMasked") or reply.transaction("CardNumberMasked"),
        "order_status": reply.inquiry("Status"),
        "auth_amount_minor": reply.inquiry("AuthAmount"),
        "preauth_amount_minor": reply.inquiry("PreAuthAmount"),
        "order_auth_code": reply.inquiry("AuthCode"),
        "order_retref_num": reply.inquiry("RetrefNum"),
        "installments": reply.inquiry("InstallmentCnt"),
        "transaction_count": len(reply.transactions),
        "transactions": [_garanti_row(row) for row in reply.transactions],
    }


def _confirmed(reply: garanti_replies.Reply, data: Mapping[str, Any]) -> bool | None:
    """Whether an inquiry is believed, where the vector names what it must be about."""
    if "expect_order_id" not in data:
        return None
    return reply.confirms(
        order_id=data["expect_order_id"],
        amount_minor=data["expect_amount_minor"],
        terminal_id=data["expect_terminal"],
        merchant_id=data["expect_merchant"],
    )


def _garanti_row(row: garanti_replies.Transaction) -> Data:
    kinds = (
        (garanti_codes.SALES, "pay"),
        (garanti_codes.REFUNDS, "refund"),
        (garanti_codes.VOIDS, "cancel"),
        (garanti_codes.AUTHORIZATIONS, "pre"),
        (garanti_codes.CAPTURES, "post"),
    )
    return {
        "type": next((word for words, word in kinds if row.kind in words), None),
        "success": row.succeeded,
        "host_ref_num": row.retref_num,
        "auth_code": row.auth_code,
        "capture_amount": _major(row.amount_minor) if row.succeeded else None,
    }


def iyzico_words(document: bytes | str, data: Mapping[str, Any]) -> Data:
    reply = iyzico_messages.read_reply(document)
    names = {
        "error_code": "errorCode",
        "error_message": "errorMessage",
        "error_group": "errorGroup",
        "conversation_id": "conversationId",
        "payment_id": "paymentId",
        "price": "price",
        "paid_price": "paidPrice",
        "currency": "currency",
        "installment": "installment",
        "basket_id": "basketId",
        "fraud_status": "fraudStatus",
        "payment_status": "paymentStatus",
        "auth_code": "authCode",
        "phase": "phase",
        "bin_number": "binNumber",
        "last_four_digits": "lastFourDigits",
        "card_family": "cardFamily",
        "card_type": "cardType",
        "card_association": "cardAssociation",
    }
    words = {word: reply.text(name) for word, name in names.items()}
    return {"success": reply.succeeded, **words}


WORDS: dict[str, Callable[[bytes | str, Mapping[str, Any]], Data]] = {
    "nestpay": nestpay_words,
    "garanti": garanti_words,
    "iyzico": iyzico_words,
}
