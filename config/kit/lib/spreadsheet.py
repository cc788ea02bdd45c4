"""Cells that a spreadsheet may open: text that it would run as a formula is made plain text."""

import re
import unicodedata
from typing import Any

# Excel, LibreOffice and Google Sheets start a formula at these; fullwidth forms are folded by NFKC first.
FORMULA_STARTS = frozenset("=+-@")
CELL_BREAKERS = frozenset("\t\r")
QUOTE = "'"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escape_formula(value: Any) -> Any:
    """The value as a cell can hold it: text that would run gets a leading `'`, everything else is kept.

    Characters that XML 1.0 (so a workbook, too) cannot hold are dropped. Numbers, booleans, dates and
    None are no text and stay what they are: a negative number is not a formula.
    """
    if not isinstance(value, str):
        return value
    text = _NOT_XML.sub("", value)
    # Most cells begin with a letter or digit; the rest is looked at character by character.
    return QUOTE + text if value and not value[0].isalnum() and _would_run(value) else text


def _would_run(text: str) -> bool:
    for character in text:
        if character in CELL_BREAKERS:
            return True
        if character.isspace() or unicodedata.category(character) in ("Cc", "Cf"):
            continue
        # NFKC makes ＝ ＋ － ＠ (and the small and superscript forms) the character that runs.
        return unicodedata.normalize("NFKC", character)[0] in FORMULA_STARTS or character == "\N{MINUS SIGN}"
    return False
