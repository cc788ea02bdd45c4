"""The simulator's NestPay: /fim/api."""

import secrets
import urllib.parse
from collections.abc import Callable, Mapping
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from tests.support.bank import cards
from tests.support.bank.books import Order, Refusal
from tests.support.bank.core import Answer, Bank, minor, too_many
from tests.support.bank.nestpay.stores import STORES

GATEWAY = "nestpay"
ERRORS = {
    "duplicate": ("CORE-2507", "Bu siparis numarasi ile zaten basarili bir siparis var."),
    "bad_card": ("CORE-2012", "Kredi karti numarasi gecerli formatta degil."),
    "login": ("CORE-2201", "Yetki hatası."),
    "md": ("CORE-2201", "3D doğrulaması bu siparişe ait değil."),
    "installments": ("CORE-2603", "Taksit sayısı geçersiz."),
    "not_settled": ("CORE-2508", "Iade yapilamaz, siparis gunsonuna girmemis."),
    "not_voidable": ("CORE-2008", "İptal edilmeye uygun satış işlemi bulunamadı."),
    "exceeds": ("215021", "Net Tutar 0."),
    "order_id": ("CORE-2999", "Siparis numarasi uzun."),  # no published code
}


def api(bank: Bank, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Raw XML, or a form with the field DATA."""
    if body.startswith(b"DATA="):
        body = urllib.parse.unquote_to_bytes(body[5:].replace(b"+", b" "))
    root = ElementTree.fromstring(body)
    request = {child.tag: (child.text or "") for child in root}
    extra = {child.tag: (child.text or "") for child in root.find("Extra") or ()}
    operation, work = _operation(bank, request, extra)
    content_type = "text/xml; charset=ISO-8859-9"
    return bank.call(GATEWAY, operation, request.get("OrderId", ""), work, content_type, "iso-8859-9")


def _operation(bank: Bank, request: dict[str, str], extra: dict[str, str]) -> tuple[str, Callable[[], str]]:
    store = STORES.get(request.get("ClientId", ""))
    login = (request.get("Name"), request.get("Password"))
    if store is None or login != (store.username, store.password):
        return "login", lambda: _refused(request, "login")
    if extra.get("ORDERSTATUS"):
        return "status", lambda: _status(bank, request)
    if extra.get("ORDERHISTORY"):
        return "history", lambda: _history(bank, request)
    if request["Type"] == "Void":
        return "void", lambda: _guarded(request, lambda: _void(bank, request))
    if request["Type"] == "Credit":
        return "refund", lambda: _guarded(request, lambda: _refund(bank, request))
    if "PayerTxnId" in request:
        return "completion", lambda: _guarded(request, lambda: _completion(bank, request))
    return "sale", lambda: _guarded(request, lambda: _sale(bank, request))


def _guarded(request: dict[str, str], work: Callable[[], str]) -> str:
    try:
        return work()
    except Refusal as refusal:
        return _refused(request, refusal.why)


def _sale(bank: Bank, request: dict[str, str]) -> str:
    if not cards.has_check_digit(request["Number"]):
        raise Refusal("bad_card")
    return _charged(bank, request["Number"], request)


def _completion(bank: Bank, request: dict[str, str]) -> str:
    currency = request["Currency"]
    amount = minor(request["Total"], currency)
    session = bank.books.authenticate(request["Number"], GATEWAY, request["OrderId"], amount, currency)
    return _charged(bank, session.pan, request)


def _charged(bank: Bank, pan: str, request: dict[str, str]) -> str:
    if too_many(request["Taksit"]):
        raise Refusal("installments")
    order = bank.charge(
        pan,
        gateway=GATEWAY,
        store=request["ClientId"],
        order_id=request["OrderId"],
        amount_minor=minor(request["Total"], request["Currency"]),
        currency=request["Currency"],
        installments=request["Taksit"],
    )
    return _approved(order, order.host_ref, order.auth_code)


def _void(bank: Bank, request: dict[str, str]) -> str:
    order = bank.books.void(bank.books.find(GATEWAY, request["ClientId"], request["OrderId"]))
    return _approved(order, order.host_ref, order.auth_code)


def _refund(bank: Bank, request: dict[str, str]) -> str:
    order = bank.books.find(GATEWAY, request["ClientId"], request["OrderId"])
    refund = bank.books.refund(order, minor(request["Total"], request["Currency"]))
    assert order is not None
    return _approved(order, refund["host_ref"], f"R{refund['number']:05d}")


def _status(bank: Bank, request: dict[str, str]) -> str:
    order = bank.books.find(GATEWAY, request["ClientId"], request["OrderId"])
    if order is None:
        names = ("ORD_ID", "CHARGE_TYPE_CD", "ORIG_TRANS_AMT", "CAPTURE_AMT", "TRANS_STAT", "AUTH_DTTM")
        empty = "\t".join(f"{name}:" for name in names)
        return _response(
            {
                "ErrMsg": f"No record found for {request['OrderId']}",
                "ProcReturnCode": "99",
                "Response": "Declined",
                "OrderId": "",
                "TransId": "",
            },
            {"NUMCODE": "0", "ORDERSTATUS": empty},
        )
    last = _rows(order)[0]
    amounts = {"ORIG_TRANS_AMT": last[2], "CAPTURE_AMT": last[3]}
    told = {"ORD_ID": order.order_id, "CHARGE_TYPE_CD": last[0], **amounts, "TRANS_STAT": last[1]}
    told |= {"AUTH_DTTM": order.time, "AUTH_CODE": last[8], "TRANS_ID": last[10]}
    line = "\t".join(f"{name}:{value}" for name, value in told.items())
    extra = {**told, "HOST_REF_NUM": last[7], "PAN": order.card, "PROC_RET_CD": last[9], "ORDERSTATUS": line}
    return _response(
        {
            "ErrMsg": f"Record(s) found for {order.order_id}",
            "ProcReturnCode": "00",
            "Response": "Approved",
            "OrderId": order.order_id,
            "TransId": last[10],
        },
        {**extra, "NUMCODE": "0"},
    )


def _history(bank: Bank, request: dict[str, str]) -> str:
    order = bank.books.find(GATEWAY, request["ClientId"], request["OrderId"])
    rows = _rows(order) if order else []
    found = {"ErrMsg": "", "ProcReturnCode": "00", "Response": "Approved", "OrderId": request["OrderId"]}
    if order is None:
        found |= {"ErrMsg": f"No record found for {request['OrderId']}", "ProcReturnCode": "05"}
        found["Response"] = "Declined"
    lines = {f"TRX{index}": "\t".join(row) for index, row in enumerate(rows, 1)}
    return _response(found, {**lines, "TRXCOUNT": str(len(rows)), "NUMCODE": "0"})


def _rows(order: Order) -> list[list[str]]:
    """Newest first, amounts in minor units."""
    amount = str(order.amount_minor)
    state = {"voided": "V", "declined": "D"}.get(order.state, "S" if order.settled else "C")
    captured = amount if order.state != "declined" else ""
    code = order.refusal or "00"
    times = ["2026-01-01 00:00:00.000", "", ""]
    auth_code = order.auth_code if order.state != "declined" else ""
    sale = ["S", state, amount, captured, *times, order.host_ref, auth_code, code, order.transaction_id]
    later = ["2026-01-02 00:00:00.000", "", ""]
    refunds = [
        ["C", "C", *[str(refund["amount_minor"])] * 2, *later, refund["host_ref"],
         f"R{refund['number']:05d}", "00", f"26325C{refund['number']:08d}"]
        for refund in reversed(order.refunds)
    ]  # fmt: skip
    return [*refunds, sale]


def _approved(order: Order, host_ref: str, auth_code: str) -> str:
    return _response(
        {
            "OrderId": order.order_id,
            "GroupId": order.order_id,
            "Response": "Approved",
            "AuthCode": auth_code,
            "HostRefNum": host_ref,
            "ProcReturnCode": "00",
            "TransId": order.transaction_id,
            "ErrMsg": "",
        },
        {
            "SETTLEID": "2095",
            "TRXDATE": order.time,
            "ERRORCODE": "",
            "CARDISSUER": "ZİRAAT BANKASI",
            "NUMCODE": "00",
        },
    )


def _refused(request: dict[str, str], why: str) -> str:
    code, text = ERRORS.get(why, (f"ISO8583-{why}", "Banka onayı alınamadı."))
    if why == "not_found":
        code, text = ERRORS["not_voidable"]
    from_host = code.startswith("ISO8583-")
    order_id = request.get("OrderId", "") if from_host or why in ("not_settled", "exceeds") else ""
    return _response(
        {
            "OrderId": order_id,
            "GroupId": order_id,
            "Response": "Declined" if from_host or why == "exceeds" else "Error",
            "ProcReturnCode": why if from_host else "99",
            "TransId": f"26325E{secrets.token_hex(4)}",
            "ErrMsg": text,
        },
        {"ERRORCODE": code, "NUMCODE": "99"},
    )


def _response(elements: dict[str, str], extra: dict[str, str]) -> str:
    def lines(values: dict[str, str]) -> str:
        return "".join(f"  <{name}>{escape(value)}</{name}>\n" for name, value in values.items())

    head = '<?xml version="1.0" encoding="ISO-8859-9"?>\n<CC5Response>\n'
    return f"{head}{lines(elements)}  <Extra>\n{lines(extra)}  </Extra>\n</CC5Response>"
