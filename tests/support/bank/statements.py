"""The bank's list of a day, from its books, in each bank's shape: with what a bank gets wrong, where it is told to.

Shares no code with the product: commissions, installments and value days are computed here again.
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from openpyxl import Workbook

CURRENCIES = {"949": "TRY", "840": "USD", "978": "EUR"}
CLOSED = {date(2026, 10, 29), date(2027, 1, 1), date(2027, 3, 9), date(2027, 3, 10), date(2027, 3, 11)}


@dataclass(frozen=True)
class Row:
    """A line; amounts in minor units, those of refunds negative."""

    terminal: str
    order_id: str
    reference: str
    auth_code: str
    card: str
    day: date
    value_day: date
    gross: int
    commission: int
    currency: str
    part: int = 0

    @property
    def net(self) -> int:
        return self.gross - self.commission


@dataclass(frozen=True)
class Terms:
    """`rate` in percent; `days_each` 0 pays all of it on the next working day, else each installment after so many.
    `cites_sale`: refunds have the reference of their sale.
    """

    terminal: str
    rate: str
    days_each: int = 0
    cites_sale: bool = False


def rows_of(orders: list[dict[str, Any]], terms: Terms, day: date) -> list[Row]:
    """Sales and refunds of the day. A void leaves no trace, a decline neither."""
    rows: list[Row] = []
    for order in orders:
        if order["state"] != "captured":
            continue
        for _ in range(order["charges"]):
            rows += _sale(order, terms, day)
        for refund in order["refunds"]:
            row = _row(order, terms, day, -refund["amount_minor"], 0, working(day + timedelta(days=1)))
            rows.append(row if terms.cites_sale else replace(row, reference=refund["host_ref"]))
    return rows


def _sale(order: dict[str, Any], terms: Terms, day: date) -> list[Row]:
    gross = order["amount_minor"]
    commission = int((gross * Decimal(terms.rate) / 100).quantize(Decimal(1), ROUND_HALF_UP))
    count = int(order["installments"] or 1)
    if not terms.days_each or count < 2:
        next_day = timedelta(days=terms.days_each or 1)
        return [_row(order, terms, day, gross, commission, working(day + next_day))]
    shares = zip(_split(gross, count), _split(commission, count), strict=True)
    return [
        replace(
            _row(order, terms, day, part, cost, working(day + timedelta(days=terms.days_each * number))),
            part=number,
        )
        for number, (part, cost) in enumerate(shares, 1)
    ]


def _row(order: dict[str, Any], terms: Terms, day: date, gross: int, commission: int, value_day: date) -> Row:
    return Row(
        terms.terminal, order["order_id"], order["host_ref"], order["auth_code"], order["card"], day, value_day,
        gross, commission, CURRENCIES[order["currency"]],
    )  # fmt: skip


def _split(total: int, count: int) -> list[int]:
    share, rest = divmod(total, count)
    return [share + 1 if number < rest else share for number in range(count)]


def working(day: date) -> date:
    while day.isoweekday() > 5 or day in CLOSED:
        day += timedelta(days=1)
    return day


def _major(minor: int, point: str = ".") -> str:
    sign, minor = ("-", -minor) if minor < 0 else ("", minor)
    whole = f"{minor // 100:,}".replace(",", "." if point == "," else "")
    return f"{sign}{whole}{point}{minor % 100:02d}"


GARANTI = ("Terminal No", "İşlem Tipi", "Sipariş No", "RRN", "Provizyon No", "Kart No", "İşlem Tarihi", "Valör",
           "Brüt Tutar", "Komisyon", "Net Tutar", "Para Birimi")  # fmt: skip


def garanti(rows: list[Row]) -> bytes:
    """Semicolons, decimal commas, Windows-1254, a word for refunds, totals at the end."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(GARANTI)
    for row in rows:
        kind, sign = ("SATIŞ", 1) if row.gross > 0 else ("İADE", -1)
        amounts = [_major(sign * value, ",") for value in (row.gross, row.commission, row.net)]
        days = [f"{day:%d.%m.%Y}" for day in (row.day, row.value_day)]
        writer.writerow(
            [row.terminal, kind, row.order_id, row.reference, row.auth_code, row.card, *days, *amounts, "TL"]
        )
    totals = [_major(sum(getattr(row, name) for row in rows), ",") for name in ("gross", "commission", "net")]
    writer.writerow(["TOPLAM", "", "", "", "", "", "", "", *totals, ""])
    return target.getvalue().encode("windows-1254")


NESTPAY = ("TerminalId", "OrderId", "HostRef", "AuthCode", "Date", "ValueDate", "InstallmentNo", "Gross",
           "Commission", "Net", "Currency")  # fmt: skip


def nestpay(rows: list[Row]) -> bytes:
    """Commas, decimal points, UTF-8, refunds with a minus, a line for each installment, no totals."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(NESTPAY)
    for row in rows:
        amounts = [_major(value) for value in (row.gross, row.commission, row.net)]
        writer.writerow(
            [row.terminal, row.order_id, row.reference, row.auth_code, row.day, row.value_day, row.part, *amounts,
             row.currency]
        )  # fmt: skip
    return target.getvalue().encode()


IYZICO = ("Üye İşyeri", "Referans", "Kart", "Tarih", "Ödeme Günü", "Tutar", "Kesinti", "Kalan", "Döviz")


def iyzico(rows: list[Row]) -> bytes:
    """A workbook with dates and numbers of its own kind, and no order ids."""
    book = Workbook()
    sheet: Any = book.active
    sheet.append(IYZICO)
    for row in rows:
        amounts = [value / 100 for value in (row.gross, row.commission, row.net)]
        sheet.append([row.terminal, row.reference, row.card, row.day, row.value_day, *amounts, row.currency])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


SHAPES: dict[str, Callable[[list[Row]], bytes]] = {"garanti": garanti, "nestpay": nestpay, "iyzico": iyzico}


# What a bank gets wrong with one of its rows: the rows in its place.
FAULTS: dict[str, Callable[[Row], list[Row]]] = {
    "missing": lambda row: [],
    "doubled": lambda row: [row, row],
    "booked_twice": lambda row: [row, replace(row, reference=f"9{row.reference}"[:12], auth_code="X1")],
    "amount": lambda row: [replace(row, gross=row.gross + 100)],
    "commission": lambda row: [replace(row, commission=row.commission + 50)],
    "late": lambda row: [replace(row, value_day=working(row.value_day + timedelta(days=7)))],
    "stranger": lambda row: [row, replace(row, order_id="0" * 24, reference="000000000001", card="")],
    "other_terminal": lambda row: [row, replace(row, terminal="99999999", order_id="1" * 24, reference="1")],
}
