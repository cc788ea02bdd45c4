"""What comes back from NestPay: docs/gateways/nestpay.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from config.kit.lib.money import AmountFormat
from payments.gateways.base.callbacks import MD_REFUSALS, callback_result, filled, proof_of
from payments.gateways.base.values import known_amount, known_currency, read_installments
from payments.gateways.nestpay import codes, signature
from payments.gateways.types import CallbackResult, Outcome, References
from payments.gateways.wire.xml import Elements, from_xml, text_at


def read_callback(
    fields: Mapping[str, str | None],
    *,
    store_key: str,
    store_type: str,
    accept_half_secure: bool = False,
    version: str = signature.VER3,
) -> CallbackResult:
    """What came back from the gate on a POS of `store_type` (3d: authentication only; else with the result)."""
    values = filled(fields)
    has_result = store_type != "3d"
    response, code = values.get("Response"), values.get("ProcReturnCode")
    error_code = values.get("ErrorCode") or values.get("ErrCode") or values.get("EXTRA.ERRORCODE")
    authentic = signature.callback_is_authentic(fields, store_key, version, with_result=has_result)
    # A failed authentication in ver1 is signed without the fields of the result. Such a message could be a success
    # whose values were moved (the hash has no separators), so that it never ends a payment by itself.
    unsigned = not authentic and has_result and response != codes.APPROVED
    if unsigned:
        unsigned = authentic = signature.callback_is_authentic(fields, store_key, version)
    outcome, reason = codes.verdict(response, code, error_code)
    currency = known_currency(values.get("currency"))
    return callback_result(
        values,
        authentic=authentic,
        md_status=values.get("mdStatus"),
        accept_half_secure=accept_half_secure,
        may_complete=not has_result and response in (None, codes.APPROVED),
        approved=authentic and has_result and outcome is Outcome.APPROVED,
        refused=response in codes.REFUSED or (not has_result and values.get("mdStatus") in MD_REFUSALS),
        verdict=(outcome, reason),
        refusal_is_unsigned=unsigned,
        order_id=values.get("oid"),
        amount=known_amount(values.get("amount"), currency, AmountFormat.MAJOR),
        currency=currency,
        installments=read_installments(values["taksit"]) if "taksit" in values else None,
        references=References(
            auth_code=values.get("AuthCode", ""),
            host_reference=values.get("HostRefNum", ""),
            transaction_id=values.get("TransId", ""),
        ),
        raw_code=error_code or code or "",
        bank_text=values.get("ErrMsg") or values.get("mdErrorMsg", ""),
        masked_card=values.get("maskedCreditCard", ""),
        proof=proof_of(values),
    )


@dataclass(frozen=True)
class HistoryRow:
    """One transaction of an order, in the bank's terms; amounts are minor units as text."""

    charge_type: str
    state: str
    original_minor: str | None
    captured_minor: str | None
    authorized_at: str
    host_reference: str | None
    auth_code: str | None
    return_code: str | None
    transaction_id: str | None

    @property
    def succeeded(self) -> bool:
        return self.return_code == "00"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A CC5Response. Absent, empty and blank elements are all None."""

    extra: Mapping[str, Any]
    response: str | None = None
    return_code: str | None = None
    order_id: str | None = None
    group_id: str | None = None
    transaction_id: str | None = None
    auth_code: str | None = None
    host_reference: str | None = None
    error_code: str | None = None
    error_text: str | None = None
    numeric_code: str | None = None
    history: tuple[HistoryRow, ...] = ()

    @property
    def succeeded(self) -> bool:
        return self.response == codes.APPROVED and self.return_code == "00"

    def extra_text(self, name: str) -> str | None:
        return text_at(self.extra, name)


def read_reply(document: bytes | str) -> Reply:
    """Raises ValueError for anything but a CC5Response."""
    root, elements = from_xml(document)
    if root != "CC5Response":
        raise ValueError("Not a CC5Response.")
    extra = elements.get("Extra")
    extra = extra if isinstance(extra, dict) else {}
    if text_at(elements, "RECURRINGOPERATION"):
        return _recurring_reply(elements, extra)
    succeeded = (
        text_at(elements, "Response") == codes.APPROVED and text_at(elements, "ProcReturnCode") == "00"
    )
    return Reply(
        response=text_at(elements, "Response"),
        return_code=text_at(elements, "ProcReturnCode"),
        order_id=text_at(elements, "OrderId"),
        group_id=text_at(elements, "GroupId"),
        transaction_id=text_at(elements, "TransId"),
        auth_code=text_at(elements, "AuthCode") or text_at(extra, "AUTH_CODE"),
        host_reference=text_at(elements, "HostRefNum") or text_at(extra, "HOST_REF_NUM"),
        error_code=text_at(extra, "ERRORCODE") or text_at(elements, "ERRORCODE"),
        # A found order's ErrMsg says "Record(s) found": no error.
        error_text=None if succeeded else text_at(elements, "ErrMsg"),
        numeric_code=text_at(extra, "NUMCODE"),
        extra=extra,
        history=_history(extra),
    )


def _recurring_reply(elements: Elements, extra: Elements) -> Reply:
    done = text_at(elements, "RESULT") == "Successfull"  # the bank's spelling
    return Reply(
        response=codes.APPROVED if done else None,
        return_code="00" if done else None,
        order_id=text_at(elements, "RECORDID"),
        error_text=None if done else text_at(elements, "RESULT"),
        extra=extra,
    )


def _history(extra: Elements) -> tuple[HistoryRow, ...]:
    """TRX1 to TRXn, oldest first; the bank lists the newest first."""
    numbers = sorted(
        (int(name[3:]) for name in extra if name[:3] == "TRX" and name[3:].isdigit()), reverse=True
    )
    rows = [_history_row(str(extra[f"TRX{number}"])) for number in numbers]
    return tuple(sorted(rows, key=lambda row: row.authorized_at))


def _history_row(line: str) -> HistoryRow:
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) < 11:
        raise ValueError("A history row is too short.")
    return HistoryRow(
        charge_type=cells[0],
        state=cells[1],
        original_minor=cells[2] or None,
        captured_minor=cells[3] or None,
        authorized_at=cells[4],
        host_reference=cells[7] or None,
        auth_code=cells[8] or None,
        return_code=cells[9] or None,
        transaction_id=cells[10] or None,
    )
