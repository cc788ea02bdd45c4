"""Why a bank's file is refused as a whole."""

import codecs
from typing import BinaryIO

from django.utils.translation import gettext as _

from billing.models.statement import Encoding
from config.kit.importing.workbooks import ZIP
from config.kit.lib.errors import RuleError
from config.kit.lib.sealed_file import PART


class StatementRefusedError(RuleError):
    code = "statement_100_1"

    def __init__(self, reason: str, *, line: int | None = None) -> None:
        self.line, self.reason = line, reason
        text = _("Line %(line)s: %(reason)s") % {"line": line, "reason": reason} if line else reason
        super().__init__(text)


def refuse_other_encoding(file: BinaryIO, encoding: str) -> None:
    """A text in another encoding is read without an error, but with wrong letters. Excel files have one of their own.

    UTF-8 is known by its form: other text with letters beyond ASCII has it by no accident.
    """
    file.seek(0)
    start = file.read(len(ZIP))
    file.seek(0)
    if start == ZIP or (found := _encoding_of(file)) is None or found == encoding:
        return
    text = _("The file is in %(found)s, this bank's files are in %(encoding)s.")
    raise StatementRefusedError(text % {"found": Encoding(found).label, "encoding": Encoding(encoding).label})


def _encoding_of(file: BinaryIO) -> str | None:
    """None for plain ASCII, which is the same in all of them."""
    decoder, is_ascii = codecs.getincrementaldecoder("utf-8")(), True
    while block := file.read(PART):
        is_ascii = is_ascii and block.isascii()
        try:
            decoder.decode(block)
        except UnicodeDecodeError:
            return Encoding.WINDOWS_1254
    return None if is_ascii else Encoding.UTF_8
