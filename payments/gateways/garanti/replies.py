"""What comes back from Garanti: docs/gateways/garanti.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from config.kit.lib.money import AmountFormat
from payments.gateways.base.callbacks import MD_REFUSALS, callback_result, filled, proof_of
from payments.gateways.base.values import known_amount, known_currency, read_installments
from payments.gateways.garanti import codes, signature
from payments.gateways.types import CallbackResult, Outcome, References
from payments.gateways.wire.xml import Elements, from_xml, text_at

RESULT_FIELDS = ("authcode", "procreturncode")


def read_callback(
    fields: Mapping[str, str | None],
    *,
    store_key: str,
    security_level: str,
    accept_half_secure: bool = False,
    version: str = signature.VERSION_512,
) -> CallbackResult:
    """What came back from the gate on a POS of `security_level` (3D: authentication only; else with the result).

    The hash has no separators, so a payer can move the boundaries between the values of a genuine failure. In
    model 3D a callback that carries a result is such a forgery: it is never completed.
    """
    values = filled(fields)
    has_result = security_level != "3D"
    response, code = values.get("response"), values.get("procreturncode")
    authentic = signature.callback_is_authentic(fields, store_key, version)
    claims_result = any(name in values for name in RESULT_FIELDS) or response in codes.REFUSED
    approved = authentic and has_result and code == codes.APPROVED and response == "Approved"
    outcome, reason = codes.verdict(code, code)
    if outcome is Outcome.APPROVED and not approved:
        outcome = Outcome.UNKNOWN
    currency = known_currency(values.get("txncurrencycode"))
    count = values.get("txninstallmentcount", "") if "txninstallmentcount" in fields else None
    return callback_result(
        values,
        authentic=authentic,
        md_status=values.get("mdstatus"),
        accept_half_secure=accept_half_secure,
        may_complete=not has_result and not claims_result,
        approved=approved,
        refused=response in codes.REFUSED or (not has_result and values.get("mdstatus") in MD_REFUSALS),
        verdict=(outcome, reason),
        order_id=values.get("oid"),
        amount=known_amount(values.get("txnamount"), currency, AmountFormat.MINOR),
        currency=currency,
        installments=None if count is None else read_installments(count),
        references=References(
            auth_code=values.get("authcode", ""), host_reference=values.get("hostrefnum", "")
        ),
        raw_code=code or "",
        bank_text=values.get("errmsg") or values.get("mderrormessage", ""),
        masked_card=values.get("MaskedPan", ""),
        proof=proof_of(values),
    )


@dataclass(frozen=True)
class Transaction:
    """One transaction of a history or a list. `kind` is the bank's term in lower case."""

    kind: str
    succeeded: bool
    amount_minor: str | None
    retref_num: str | None
    auth_code: str | None
    voided: bool


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A GVPSResponse. Absent, empty and blank elements are all None."""

    elements: Mapping[str, Any]
    transactions: tuple[Transaction, ...]

    @property
    def succeeded(self) -> bool:
        return self.code == codes.APPROVED

    @property
    def code(self) -> str | None:
        return self.transaction("Response", "Code")

    @property
    def reason_code(self) -> str | None:
        return self.transaction("Response", "ReasonCode")

    @property
    def order_id(self) -> str | None:
        return self.text("Order", "OrderID")

    def text(self, *path: str) -> str | None:
        return text_at(self.elements, *path)

    def transaction(self, *path: str) -> str | None:
        return text_at(self.elements, "Transaction", *path)

    def inquiry(self, name: str) -> str | None:
        """A field of the order. `Transaction` may describe the inquiry itself."""
        return text_at(self.elements, "Order", "OrderInqResult", name)

    def is_authentic(self, security: str) -> bool:
        """Whether `Transaction/HashData` is right. Values are hashed unchanged, with their spaces."""
        own = signature.response_hash(
            code=self._raw("Response", "Code"),
            retref_num=self._raw("RetrefNum"),
            auth_code=self._raw("AuthCode"),
            prov_date=self._raw("ProvDate"),
            order_id=str(_at(self.elements, "Order", "OrderID") or ""),
            security=security,
        )
        return signature.response_is_authentic(self.transaction("HashData"), own)

    def confirms(self, *, order_id: str, amount_minor: str, terminal_id: str, merchant_id: str) -> bool:
        """Whether an inquiry is about this order of this merchant. All four must agree."""
        amounts = (self.inquiry("AuthAmount"), self.inquiry("PreAuthAmount"))
        return (
            self.order_id == order_id
            and amount_minor in amounts
            and self.text("Terminal", "ID") == terminal_id
            and self.text("Terminal", "MerchantID") == merchant_id
        )

    def _raw(self, *path: str) -> str:
        return str(_at(self.elements, "Transaction", *path) or "")


def read_reply(document: bytes | str) -> Reply:
    """Raises ValueError for anything but a GVPSResponse."""
    root, elements = from_xml(document)
    if root != "GVPSResponse":
        raise ValueError("Not a GVPSResponse.")
    lists = [
        _at(elements, "Order", result, "OrderTxnList", "OrderTxn")
        for result in ("OrderHistInqResult", "OrderListInqResult")
    ]
    found: Any = next((rows for rows in lists if rows), [])
    rows = found if isinstance(found, list) else [found]
    return Reply(elements=elements, transactions=tuple(_transaction(row) for row in rows))


def _transaction(row: Elements) -> Transaction:
    return Transaction(
        kind=(text_at(row, "Type") or text_at(row, "TrxType") or "").lower(),
        succeeded=text_at(row, "Status") in codes.SUCCEEDED,
        amount_minor=text_at(row, "AuthAmount"),
        retref_num=text_at(row, "RetrefNum"),
        auth_code=text_at(row, "AuthCode"),
        voided=text_at(row, "VoidDate") is not None,
    )


def _at(elements: Any, *path: str) -> Any:
    for name in path:
        elements = elements.get(name) if isinstance(elements, Mapping) else None
    return elements
