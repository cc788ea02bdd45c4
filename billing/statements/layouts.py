"""Reads a bank's rows by its layout: headings, dates, numbers and words as that bank writes them."""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from billing.models import LineKind, StatementLayout
from billing.statement_fields import FIELDS
from config.kit.importing.rows import Column, heading
from config.kit.lib.money import currency_from_numeric, currency_of, fits_currency

AMOUNTS = ("gross", "commission", "net")
DERIVED = (
    "line_kind", "last_four", "sold_day", "value_day", "part", "gross_amount", "commission_amount", "net_amount",
    "line_currency", "row_fault",
)  # fmt: skip
FOOTER = "footer"

FAULTS = {
    "sold_on_unreadable": "the day of the sale is not a date in the layout's format",
    "value_date_unreadable": "the value date is not a date in the layout's format",
    "installment_unreadable": "the installment is not a number from 1 to 999",
    "gross_unreadable": "the gross amount is not a number in the layout's format",
    "commission_unreadable": "the commission is not a number in the layout's format",
    "net_unreadable": "the net amount is not a number in the layout's format",
    "gross_zero": "the gross amount is zero",
    "currency_unknown": "the currency is not in ISO 4217",
    "amount_places": "an amount has too many decimal places for its currency",
    "does_not_add_up": "gross less commission is not net",
}

_PATTERNS = {
    ",": re.compile(r"([+-]?)([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,15})(?:,([0-9]{1,4}))?", re.ASCII),
    ".": re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.([0-9]{1,4}))?", re.ASCII),
}
_NOT_DIGITS = re.compile(r"\D")
_ALIASES = {"TL": "TRY", "YTL": "TRY"}


def columns_of(layout: StatementLayout) -> list[Column]:
    """A heading that the layout names has to be there: another bank's file is refused by them."""
    columns = []
    for name in FIELDS:
        told = layout.columns.get(name)
        names = frozenset({heading(told)}) if told else frozenset()
        columns.append(Column(name, names, required=bool(told)))
    return columns


class _Fault(Exception):
    pass


class RowReader:
    """From a row's cells, in the order of FIELDS, to the values of DERIVED."""

    def __init__(self, layout: StatementLayout, *, is_workbook: bool) -> None:
        """`is_workbook`: its numbers and dates are cells of their own kind, which come as 1234.5 and 2026-12-31."""
        self._layout = layout
        self._formats = [layout.date_format, *(["%Y-%m-%d"] if is_workbook else [])]
        self._patterns = [_PATTERNS[layout.decimal_separator]]
        if is_workbook:
            self._patterns.insert(0, re.compile(r"([+-]?)([0-9]{1,15})(?:\.([0-9]{1,4}))?", re.ASCII))
        self._refunds = {heading(word) for word in layout.refund_words}
        self._footer = heading(layout.footer_word) if layout.footer_word else None
        self._days: dict[str, str] = {}

    def __call__(self, cells: Sequence[str]) -> Sequence[str]:
        row = dict(zip(FIELDS, cells, strict=True))
        try:
            return self._read(row)
        except _Fault as fault:
            return [*[""] * (len(DERIVED) - 1), str(fault)]

    def _read(self, row: dict[str, str]) -> Sequence[str]:
        gross, commission, net = (self._amount(row[name], f"{name}_unreadable") for name in AMOUNTS)
        if self._footer is not None and heading(row["terminal_number"]) == self._footer:
            return [FOOTER, "", "", "", "", *map(_text, (gross, commission, net)), "", ""]
        if not gross:
            raise _Fault("gross_unreadable" if gross is None else "gross_zero")
        is_refund = gross < 0 or heading(row["kind"]) in self._refunds
        if gross < 0:
            gross, commission, net = (None if value is None else -value for value in (gross, commission, net))
        currency = self._currency(row["currency"])
        self._check(currency, gross, commission, net)
        return [
            LineKind.REFUND if is_refund else LineKind.SALE,
            _NOT_DIGITS.sub("", row["card"])[-4:],
            self._day(row["sold_on"], "sold_on_unreadable"),
            self._day(row["value_date"], "value_date_unreadable") if row["value_date"] else "",
            _part(row["installment_number"]),
            *map(_text, (gross, commission, net)),
            currency,
            "",
        ]

    def _check(
        self, currency: str, gross: Decimal | None, commission: Decimal | None, net: Decimal | None
    ) -> None:
        if not all(fits_currency(value, currency) for value in (gross, commission, net) if value is not None):
            raise _Fault("amount_places")
        if gross is not None and commission is not None and net is not None and gross - commission != net:
            raise _Fault("does_not_add_up")

    def _amount(self, text: str, fault: str) -> Decimal | None:
        if not text:
            return None
        for pattern in self._patterns:
            if found := pattern.fullmatch(text.replace(" ", "")):
                sign, whole, places = found.groups()
                return Decimal(f"{sign}{re.sub('[.,]', '', whole)}.{places or '0'}")
        raise _Fault(fault)

    def _day(self, text: str, fault: str) -> str:
        """Banks write the same few days in every line: each is read once."""
        if text not in self._days:
            self._days[text] = self._read_day(text, fault)
        return self._days[text]

    def _read_day(self, text: str, fault: str) -> str:
        for form in self._formats:
            try:
                return datetime.strptime(text, form).date().isoformat()
            except ValueError:
                continue
        raise _Fault(fault)

    def _currency(self, text: str) -> str:
        code = text.strip().upper() or self._layout.currency
        try:
            return (
                currency_from_numeric(code)
                if code.isdigit()
                else str(currency_of(_ALIASES.get(code, code)).code)
            )
        except ValueError:
            raise _Fault("currency_unknown") from None


def _part(text: str) -> str:
    """0 and an empty cell: not sold in installments, or all of them in one line."""
    if text in ("", "0"):
        return ""
    if re.fullmatch("[0-9]{1,3}", text, re.ASCII):
        return str(int(text))
    raise _Fault("installment_unreadable")


def _text(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"
