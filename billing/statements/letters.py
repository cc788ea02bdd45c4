"""The letter to a bank that took more than was agreed, as a workbook in the reader's language."""

import tempfile
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from billing.statements.commissions import Overcharged
from config.kit.lib.spreadsheet import escape_formula

_BOLD = Font(bold=True)
_WIDTHS = (16, 12, 28, 16, 14, 20, 12, 10, 14, 18, 18, 14)


def write_letter(bank: str, since: date, until: date, sales: Sequence[Overcharged]) -> BinaryIO:
    """Amounts are numbers and days are dates, so that the bank can add them up. The caller closes the file."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Commissions"))
    for place, width in enumerate(_WIDTHS):
        sheet.column_dimensions["ABCDEFGHIJKL"[place]].width = width

    def append(*values: object, bold: bool = False) -> None:
        cells = [
            WriteOnlyCell(sheet, escape_formula(value) if isinstance(value, str) else value)
            for value in values
        ]
        for cell in cells if bold else ():
            cell.font = _BOLD
        sheet.append(cells)

    append(_("Commissions above the agreed rates"), bold=True)
    append(bank)
    append(f"{date_format(since)} – {date_format(until)}")
    append(_("Please check these sales and credit the difference to our account."))
    append()
    append(
        _("Terminal number"), _("Day of the sale"), _("Order ID"), _("Bank reference"), _("Authorization code"),
        _("Card"), _("Installments"), _("Currency"), _("Gross"), _("Agreed commission"), _("Charged commission"),
        _("Difference"), bold=True,
    )  # fmt: skip
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for sale in sales:
        totals[sale.currency] += sale.difference
        append(
            sale.terminal_number, sale.sold_on, sale.order_id, sale.host_reference, sale.auth_code, sale.masked_card,
            sale.installments, sale.currency, sale.gross, sale.planned, sale.charged, sale.difference,
        )  # fmt: skip
    for currency, total in sorted(totals.items()):
        append(_("Total"), *[""] * 6, currency, "", "", "", total, bold=True)
    file = tempfile.TemporaryFile()  # noqa: SIM115  # by the caller
    book.save(file)
    file.seek(0)
    return file
