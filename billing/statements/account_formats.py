"""Reads MT940 and CAMT.053. No card number can be meant by them; texts are masked all the same."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import mt940
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from billing.statements.refusals import StatementRefusedError
from config.kit.lib.masking import mask_text
from payments.models.bank import compact_iban


@dataclass(frozen=True)
class Movement:
    """`amount` is above zero where money arrived."""

    value_date: date
    amount: Decimal
    reference: str
    text: str


@dataclass(frozen=True)
class AccountList:
    iban: str
    currency: str
    opening: Decimal
    closing: Decimal
    movements: tuple[Movement, ...]


def read_account_list(data: bytes) -> list[AccountList]:
    """The file's statements, one after the other. Raises StatementRefusedError for anything else."""
    if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return _read_camt(data)
    return _read_mt940(data)


def _unreadable() -> StatementRefusedError:
    return StatementRefusedError(_("The file is neither MT940 nor CAMT.053."))


def _read_mt940(data: bytes) -> list[AccountList]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("windows-1254", errors="replace")
    blocks = [block for block in re.split(r"(?m)^(?=:20:)", text) if block.startswith(":20:")]
    try:
        found = [_of_mt940(mt940.parse(block)) for block in blocks]
    except (KeyError, AttributeError, ValueError, InvalidOperation, RuntimeError, AssertionError):
        raise _unreadable() from None
    if not found:
        raise _unreadable()
    return found


def _of_mt940(parsed: Any) -> AccountList:
    """Raises KeyError for a block without account or balances."""
    opening, closing = parsed.data["final_opening_balance"], parsed.data["final_closing_balance"]
    return AccountList(
        iban=compact_iban(parsed.data["account_identification"]),
        currency=opening.amount.currency,
        opening=opening.amount.amount,
        closing=closing.amount.amount,
        movements=tuple(
            Movement(
                value_date=date(row.data["date"].year, row.data["date"].month, row.data["date"].day),
                amount=row.data["amount"].amount,
                reference=row.data.get("bank_reference") or row.data.get("customer_reference") or "",
                text=mask_text(" ".join((row.data.get("transaction_details") or "").split())),
            )
            for row in parsed
        ),
    )


def _read_camt(data: bytes) -> list[AccountList]:
    try:
        root = fromstring(data)
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]  # the versions differ in their namespace
        found = [_of_camt(statement) for statement in root.iter("Stmt")]
    except (ParseError, DefusedXmlException, ValueError, InvalidOperation):
        raise _unreadable() from None
    if not found:
        raise _unreadable()
    return found


def _of_camt(statement: Element) -> AccountList:
    """Raises ValueError where something is missing."""
    balances = {_said(row, "Tp/CdOrPrtry/Cd"): row for row in statement.findall("Bal")}
    if not {"OPBD", "CLBD"} <= balances.keys():
        raise ValueError("A statement without its balances.")
    return AccountList(
        iban=compact_iban(_said(statement, "Acct/Id/IBAN")),
        currency=balances["OPBD"].find("Amt").get("Ccy", ""),  # type: ignore[union-attr]  # _signed has found it
        opening=_signed(balances["OPBD"]),
        closing=_signed(balances["CLBD"]),
        movements=tuple(
            Movement(
                value_date=date.fromisoformat((_said(entry, "ValDt/Dt") or _said(entry, "BookgDt/Dt"))[:10]),
                amount=_signed(entry),
                reference=_said(entry, "AcctSvcrRef"),
                text=mask_text(_said(entry, "AddtlNtryInf") or _said(entry, "NtryDtls/TxDtls/RmtInf/Ustrd")),
            )
            for entry in statement.findall("Ntry")
        ),
    )


def _said(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _signed(element: Element) -> Decimal:
    amount = Decimal(_said(element, "Amt"))
    return amount if _said(element, "CdtDbtInd") == "CRDT" else -amount
