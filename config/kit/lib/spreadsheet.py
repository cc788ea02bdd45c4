"""Protection against formula injection in exported cells."""

import re
import unicodedata
from typing import Any

# Excel, LibreOffice and Google Sheets start a formula at these; fullwidth forms are folded by NFKC first.
FORMULA_STARTS = frozenset("=+-@")
CELL_BREAKERS = frozenset("\t\r")
QUOTE = "'"
# Excel splits a CSV at `;` where the comma is the decimal mark (Turkey), whatever the file means by it.
_AFTER_SEPARATOR = re.compile(r"(?P<separator>[;\t|\r\n]\"?)(?P<rest>[^;\t|\r\n]++)")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escape_formula(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets a leading `'`; other values are returned unchanged.

    Drops characters that XML 1.0, and so a workbook, cannot hold.
    """
    if not isinstance(value, str):
        return value
    text = _NOT_XML.sub("", value)
    text = _AFTER_SEPARATOR.sub(_quoted, text)
    # Most cells begin with a letter or digit and need no closer look.
    return QUOTE + text if value and not value[0].isalnum() and _would_run(value) else text


def _quoted(match: re.Match[str]) -> str:
    """A program that splits at this separator makes a cell of what follows."""
    return f"{match['separator']}{QUOTE if _would_run(match['rest']) else ''}{match['rest']}"


def _would_run(text: str) -> bool:
    for character in text:
        if character in CELL_BREAKERS:
            return True
        if character.isspace() or unicodedata.category(character) in ("Cc", "Cf"):
            continue
        # NFKC turns ＝ ＋ － ＠ (and their small and superscript forms) into the ASCII character.
        return unicodedata.normalize("NFKC", character)[0] in FORMULA_STARTS or character == "\N{MINUS SIGN}"
    return False
