"""The simulator's iyzico: /payment/…, and the page behind threeDSHtmlContent."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.bank import cards, pages
from tests.support.bank.books import Authentication, Order, Refusal
from tests.support.bank.core import Answer, Bank, Callback, major, minor
from tests.support.bank.iyzico import hashes

GATEWAY = "iyzico"
STORE = "iyzico"
API_KEY = "sandbox-api-key"
SECRET_KEY = "sandbox-secret-key"
GOOD_CARD = "5528790000000008"
NUMBERS = {"TRY": "949", "USD": "840", "EUR": "978", "GBP": "826"}
ERRORS = {
    "signature": ("1001", "API bilgileri bulunamadı"),
    "bad_card": ("12", "Kart numarası geçersizdir"),
    "not_found": ("5086", "Ödeme bulunamadı"),
    "not_voidable": ("5115", "Ödeme iptal edilemez"),
    "not_settled": ("5115", "Ödeme iade edilemez"),
    "exceeds": ("5093", "İade tutarı ödeme tutarından fazla olamaz"),
    "md": ("10012", "Geçersiz işlem"),
    "duplicate": ("5999", "Ödeme zaten tamamlanmış"),  # no published code: the client must not know it
    "order_id": ("5998", "conversationId uzun"),  # no published code either
    "82": ("10084", "CVC2 bilgisi hatalı"),
}
GROUPS = {"10051": "NOT_SUFFICIENT_FUNDS", "10005": "DO_NOT_HONOUR", "10054": "EXPIRED_CARD"}
OPERATIONS = {
    "/payment/auth": "sale",
    "/payment/3dsecure/initialize": "three_d_init",
    "/payment/3dsecure/auth": "completion",
    "/payment/detail": "status",
    "/payment/cancel": "void",
    "/payment/refund": "refund",
}

Json = dict[str, Any]


def api(bank: Bank, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    request = json.loads(body)
    operation = OPERATIONS[path]
    works = {
        "sale": _sale,
        "three_d_init": _three_d_init,
        "completion": _completion,
        "status": _detail,
        "void": _cancel,
        "refund": _refund,
    }

    def work() -> str:
        try:
            if not _is_signed(path, body, headers):
                raise Refusal("signature")
            answer = works[operation](bank, request)
        except Refusal as refusal:
            answer = _failure(request, refusal.why)
        return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))

    order_id = str(request.get("conversationId", ""))
    return bank.call(GATEWAY, operation, order_id, work, "application/json; charset=utf-8", "utf-8")


def _is_signed(path: str, body: bytes, headers: Mapping[str, str]) -> bool:
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    rnd = headers.get("x-iyzi-rnd", "")
    signature = hashes.sign(SECRET_KEY, rnd + path + body.decode())
    own = f"apiKey:{API_KEY}&randomKey:{rnd}&signature:{signature}"
    return scheme == "IYZWSv2" and token == base64.b64encode(own.encode()).decode()


def _pan(request: Json) -> str:
    card = request["paymentCard"]
    pan = card.get("cardNumber") or GOOD_CARD
    if not cards.has_check_digit(pan):
        raise Refusal("bad_card")
    return str(pan)


def _sale(bank: Bank, request: Json) -> Json:
    return _charged(bank, _pan(request), request)


def _charged(bank: Bank, pan: str, request: Mapping[str, Any]) -> Json:
    number = NUMBERS[request["currency"]]
    order = bank.charge(
        pan,
        gateway=GATEWAY,
        store=STORE,
        order_id=request["basketId"],
        amount_minor=minor(request["paidPrice"], number),
        currency=number,
        installments=str(request["installment"]),
    )
    return _payment(order, request)


def _three_d_init(bank: Bank, request: Json) -> Json:
    pan = _pan(request)
    if pan == cards.NO_THREE_D_INIT:
        raise Refusal("05")
    number = NUMBERS[request["currency"]]
    session = Authentication(
        gateway=GATEWAY,
        store=STORE,
        order_id=request["basketId"],
        amount_minor=minor(request["paidPrice"], number),
        currency=number,
        installments=str(request["installment"]),
        pan=pan,
        form={"callback": request["callbackUrl"], "request": json.dumps(request | {"paymentCard": None})},
    )
    payment_id = f"S{bank.books.number()}"
    bank.books.sessions[payment_id] = session
    page = pages.autopost(f"{bank.base_url}/iyzico/3ds", {"paymentId": payment_id, "mesaj": "Doğrulama"})
    return {
        **_head(request),
        "threeDSHtmlContent": base64.b64encode(page.encode()).decode(),
        "paymentId": payment_id,
        "signature": _sign(payment_id, request["conversationId"]),
    }


def gate(bank: Bank, form: dict[str, str]) -> Answer:
    payment_id = form.get("paymentId", "")
    session = bank.books.sessions.get(payment_id)
    if session is None or session.gateway != GATEWAY:
        return Answer(b"unknown payment", status=404)
    return bank.open_session(session, _finisher(session, payment_id))


def _finisher(session: Authentication, payment_id: str) -> Callable[[str], Callback]:
    def finish(md_status: str) -> Callback:
        session.md_status = md_status
        status = "success" if md_status == "1" else "failure"
        data, conversation = session.md, session.order_id
        fields = {
            "status": status,
            "paymentId": payment_id,
            "conversationData": data,
            "conversationId": conversation,
            "mdStatus": md_status,
            "signature": _sign(data, conversation, md_status, payment_id, status),
        }
        unsigned = {
            "status": "failure",
            "conversationId": conversation,
            "mdStatus": "7",
            "paymentId": payment_id,
        }
        url = session.form["callback"]
        return Callback(GATEWAY, conversation, url, fields, failure_url=url, unsigned_failure=unsigned)

    return finish


def _completion(bank: Bank, request: Json) -> Json:
    session = bank.books.sessions.get(request["paymentId"])
    if session is None or session.order_id != request["conversationId"] or session.md_status != "1":
        raise Refusal("md")
    if session.md != request["conversationData"]:
        raise Refusal("md")
    return _charged(bank, session.pan, json.loads(session.form["request"]))


def _detail(bank: Bank, request: Json) -> Json:
    order = bank.books.find(GATEWAY, STORE, str(request.get("paymentConversationId", "")))
    if order is None:
        return _unfinished(bank, request)
    refunds = [{"refundPrice": major(row["amount_minor"], order.currency)} for row in order.refunds]
    return {
        **_payment(order, {**request, "conversationId": request["conversationId"]}),
        "paymentStatus": "FAILURE" if order.state == "declined" else "SUCCESS",
        "cancels": [{"time": order.time}] if order.state == "voided" else [],
        "refunds": refunds,
    }


def _unfinished(bank: Bank, request: Json) -> Json:
    """A payment whose 3-D was started and not completed is known from its start, without any money."""
    order_id = str(request.get("paymentConversationId", ""))
    for payment_id, session in bank.books.sessions.items():
        if session.gateway == GATEWAY and session.order_id == order_id and payment_id.startswith("S"):
            break
    else:
        raise Refusal("not_found")
    states = {"": "INIT_THREEDS", "1": "CALLBACK_THREEDS"}
    price = major(session.amount_minor, session.currency)
    currency = next(name for name, number in NUMBERS.items() if number == session.currency)
    short = hashes.short_price(price)
    return {
        **_head(request),
        "paymentStatus": states.get(session.md_status, "FAILURE"),
        "price": float(price),
        "paidPrice": float(price),
        "currency": currency,
        "installment": int(session.installments),
        "paymentId": payment_id,
        "basketId": order_id,
        "signature": _sign(payment_id, currency, order_id, request["conversationId"], short, short),
    }


def _cancel(bank: Bank, request: Json) -> Json:
    order = bank.books.void(bank.books.find_transaction(GATEWAY, request["paymentId"]))
    return _given_back(request, order, order.amount_minor)


def _refund(bank: Bank, request: Json) -> Json:
    order = bank.books.find_transaction(GATEWAY, str(request["paymentTransactionId"]).removesuffix("-1"))
    amount = minor(request["price"], order.currency if order else "949")
    bank.books.refund(order, amount, needs_settlement=False)
    assert order is not None
    return _given_back(request, order, amount)


def _given_back(request: Json, order: Order, amount_minor: int) -> Json:
    price, currency = major(amount_minor, order.currency), _currency(order)
    signed = _sign(order.transaction_id, hashes.short_price(price), currency, request["conversationId"])
    told = {"paymentId": order.transaction_id, "price": float(price), "currency": currency}
    return {**_head(request), **told, "authCode": order.auth_code, "signature": signed}


def _payment(order: Order, request: Mapping[str, Any]) -> Json:
    price, currency, payment_id = (
        major(order.amount_minor, order.currency),
        _currency(order),
        order.transaction_id,
    )
    short = hashes.short_price(price)
    item = {"itemId": order.order_id, "paymentTransactionId": f"{payment_id}-1", "price": float(price)}
    return {
        **_head(request),
        "price": float(price),
        "paidPrice": float(price),
        "currency": currency,
        "installment": int(order.installments),
        "paymentId": payment_id,
        "basketId": order.order_id,
        "fraudStatus": 1,
        "binNumber": order.card[:6],
        "lastFourDigits": order.card[-4:],
        "authCode": order.auth_code,
        "hostReference": order.host_ref,
        "itemTransactions": [item],
        "signature": _sign(payment_id, currency, order.order_id, request["conversationId"], short, short),
    }


def _currency(order: Order) -> str:
    return next(name for name, number in NUMBERS.items() if number == order.currency)


def _head(request: Mapping[str, Any]) -> Json:
    return {"status": "success", "locale": "tr", "systemTime": 1, "conversationId": request["conversationId"]}


def _failure(request: Json, why: str) -> Json:
    code, text = ERRORS.get(why, (f"100{why}", "İşlem onaylanmadı"))
    return {
        "status": "failure",
        "errorCode": code,
        "errorMessage": text,
        "errorGroup": GROUPS.get(code, "UNKNOWN"),
        "locale": "tr",
        "systemTime": "1458545234852",
        "conversationId": request.get("conversationId", ""),
    }


def _sign(*parts: str) -> str:
    return hashes.sign(SECRET_KEY, ":".join(parts))
