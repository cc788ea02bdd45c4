"""The simulator's Garanti: /VPServlet, version 512."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from tests.support.bank import cards
from tests.support.bank.books import Order, Refusal
from tests.support.bank.core import Answer, Bank, too_many
from tests.support.bank.garanti import hashes
from tests.support.bank.garanti.stores import STORES

GATEWAY = "garanti"
ERRORS = {
    "hash": "0651",
    "mandatory": "0002",
    "duplicate": "0104",
    "not_found": "0108",
    "not_settled": "0208",
    "not_voidable": "0210",
    "exceeds": "0214",
    "md": "0804",
    "order_id": "0231",
}
OPERATIONS = {"void": "void", "refund": "refund", "orderinq": "status", "orderhistoryinq": "history"}


class Request:
    """A GVPSRequest by the paths of its elements."""

    def __init__(self, body: bytes) -> None:
        self._root = ElementTree.fromstring(body)
        self.terminal = self("Terminal/ID")
        self.order_id = self("Order/OrderID")
        self.kind = self("Transaction/Type")
        self.store = STORES.get(self.terminal)

    def __call__(self, path: str) -> str:
        return self._root.findtext(path) or ""

    @property
    def is_completion(self) -> bool:
        return self("Transaction/CardholderPresentCode") == "13"

    def problem(self) -> str:
        """Why the gateway refuses the request before it looks at the order."""
        if self.store is None or self("Terminal/MerchantID") != self.store.merchant_id:
            return "hash"
        user = "PROVRFN" if self.kind in ("void", "refund") else "PROVAUT"
        parts = [self.order_id, self.terminal, self("Card/Number"), self("Transaction/Amount")]
        parts += [
            self("Transaction/CurrencyCode"),
            hashes.security_data(self.store.password, self.terminal),
        ]
        if self("Terminal/ProvUserID") != user or self("Terminal/HashData") != hashes.upper_sha512(
            "".join(parts)
        ):
            return "hash"
        return "" if self("Customer/IPAddress") else "mandatory"


def api(bank: Bank, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    request = Request(body)
    operation = OPERATIONS.get(request.kind) or ("completion" if request.is_completion else "sale")
    work = _work(bank, request, operation)
    return bank.call(GATEWAY, operation, request.order_id, work, "text/xml; charset=UTF-8", "utf-8")


def _work(bank: Bank, request: Request, operation: str) -> Callable[[], str]:
    done = {
        "sale": _sale,
        "completion": _completion,
        "void": _void,
        "refund": _refund,
        "status": _inquiry,
        "history": _history,
    }[operation]

    def work() -> str:
        try:
            if problem := request.problem():
                raise Refusal(problem)
            return done(bank, request)
        except Refusal as refusal:
            return _refused(request, refusal.why)

    return work


def _sale(bank: Bank, request: Request) -> str:
    return _charged(bank, request, request("Card/Number"))


def _completion(bank: Bank, request: Request) -> str:
    session = bank.books.authenticate(
        request("Transaction/Secure3D/Md"),
        GATEWAY,
        request.order_id,
        int(request("Transaction/Amount")),
        request("Transaction/CurrencyCode"),
    )
    return _charged(bank, request, session.pan)


def _charged(bank: Bank, request: Request, pan: str) -> str:
    installments = request("Transaction/InstallmentCnt")
    if not cards.has_check_digit(pan) or too_many(installments):
        raise Refusal("12")
    order = bank.charge(
        pan,
        gateway=GATEWAY,
        store=request.terminal,
        order_id=request.order_id,
        amount_minor=int(request("Transaction/Amount")),
        currency=request("Transaction/CurrencyCode"),
        installments=installments,
    )
    return _response(request, "00", "00", order.host_ref, order.auth_code, order=order)


def _void(bank: Bank, request: Request) -> str:
    order = bank.books.void(_found(bank, request))
    return _response(request, "00", "00", order.host_ref, order.auth_code, order=order)


def _refund(bank: Bank, request: Request) -> str:
    order = _found(bank, request)
    refund = bank.books.refund(order, int(request("Transaction/Amount")))
    return _response(request, "00", "00", refund["host_ref"], f"{refund['number']:06d}", order=order)


def _found(bank: Bank, request: Request) -> Order:
    order = bank.books.find(GATEWAY, request.terminal, request.order_id)
    if order is None or request("Transaction/OriginalRetrefNum") not in ("", order.host_ref):
        raise Refusal("not_found")
    return order


def _inquiry(bank: Bank, request: Request) -> str:
    order = bank.books.find(GATEWAY, request.terminal, request.order_id)
    if order is None:
        raise Refusal("not_found")
    told = {
        "ChargeType": "S",
        "PreAuthAmount": "0",
        "AuthAmount": str(order.amount_minor),
        "AuthDate": order.time,
        "Status": "DECLINED" if order.state == "declined" else "APPROVED",
        "InstallmentCnt": order.installments or "0",
        "CardNumberMasked": order.card,
        "Code": order.refusal or "00",
        "ReasonCode": order.refusal or "00",
        "RetrefNum": order.host_ref,
        "AuthCode": order.auth_code,
        "ProvDate": order.time,
    }
    # The outer references belong to the inquiry itself.
    return _response(request, "00", "", "", "", inner=f"<OrderInqResult>{_lines(told)}</OrderInqResult>")


def _history(bank: Bank, request: Request) -> str:
    order = bank.books.find(GATEWAY, request.terminal, request.order_id)
    if order is None:
        raise Refusal("not_found")
    rows = [
        _row(
            "sales",
            order.amount_minor,
            order.host_ref,
            order.auth_code,
            order.refusal or "00",
            order.currency,
        )
    ]
    rows += [_row("refund", refund["amount_minor"], refund["host_ref"], "", "00") for refund in order.refunds]
    if order.state == "voided":
        rows.append(_row("void", order.amount_minor, order.host_ref, "", "00"))
    inner = f"<OrderHistInqResult><OrderTxnList>{''.join(rows)}</OrderTxnList></OrderHistInqResult>"
    return _response(request, "00", "", "", "", inner=inner)


def _row(
    kind: str, amount_minor: int, host_ref: str, auth_code: str, code: str, currency: str = "949"
) -> str:
    values = {
        "Type": kind,
        "Status": "00" if code == "00" else "01",
        "PreAuthAmount": "0",
        "AuthAmount": str(amount_minor),
        "VoidDate": "",
        "RetrefNum": host_ref,
        "AuthCode": auth_code,
        "ReturnCode": code,
        "CurrencyCode": currency,
        "Settlement": "N",
    }
    return f"<OrderTxn>{_lines(values)}</OrderTxn>"


def _refused(request: Request, why: str) -> str:
    if why in ERRORS:
        return _response(request, "92", ERRORS[why], "", "", text="İşlem reddedildi", source="GVPS")
    code = "12" if why == "82" else why  # Garanti's word for a bad CVC
    return _response(request, code, code, "", " ", text="İşleminizi gerçekleştiremiyoruz.")


def _response(
    request: Request,
    code: str,
    reason: str,
    host_ref: str,
    auth_code: str,
    *,
    text: str = "",
    source: str = "HOST",
    inner: str = "",
    order: Order | None = None,
) -> str:
    now = datetime.now(UTC).strftime("%Y%m%d %H:%M:%S")
    password = request.store.password if request.store else ""
    security = hashes.security_data(password, request.terminal)
    hash_data = hashes.upper_sha512(code + host_ref + auth_code + now + request.order_id + security)
    response = {
        "Source": source,
        "Code": code,
        "ReasonCode": reason,
        "Message": "Approved" if code == "00" else "Declined",
        "ErrorMsg": text,
        "SysErrMsg": f"ErrorId: {reason}" if text else "",
    }
    terminal = {
        "ProvUserID": request("Terminal/ProvUserID"),
        "UserID": request("Terminal/UserID"),
        "ID": request.terminal,
        "MerchantID": request("Terminal/MerchantID"),
    }
    transaction = {
        "RetrefNum": host_ref,
        "AuthCode": auth_code,
        "BatchNum": "005546",
        "SequenceNum": "000080",
        "ProvDate": now,
        "CardNumberMasked": order.card if order else "",
        "HashData": hash_data,
    }
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<GVPSResponse><Mode></Mode>'
        f"<Terminal>{_lines(terminal)}</Terminal>"
        f"<Customer><IPAddress>{escape(request('Customer/IPAddress'))}</IPAddress></Customer>"
        f"<Order><OrderID>{escape(request.order_id)}</OrderID><GroupID></GroupID>{inner}</Order>"
        f"<Transaction><Response>{_lines(response)}</Response>{_lines(transaction)}</Transaction></GVPSResponse>"
    )


def _lines(values: dict[str, str]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in values.items())
