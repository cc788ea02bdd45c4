"""Why a row is refused: a code with parameters, which the edges (API, command line, admin) turn into a sentence.

Inside the engine, in staging tables and files, a reason is its code, followed by a JSON object where it has
parameters that were found in the row: `no_bin`, `wrong_column_count{"found": 4, "expected": 3}`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop


@dataclass(frozen=True)
class Reason:
    """`text` is an English sentence (and msgid) with named parameters; `parameters` are the constant ones."""

    code: str
    text: str
    parameters: Mapping[str, object] = field(default_factory=dict)

    def of(self, **found: object) -> str:
        """The staged form, with the parameters of a row."""
        return self.code + (json.dumps(found) if found else "")


@dataclass(frozen=True)
class Refusal:
    """The reason of one row, with all its parameters."""

    code: str
    text: str
    parameters: Mapping[str, object]

    def __str__(self) -> str:
        """In English, for the API and the command line."""
        return self.text % self.parameters


class Reasons:
    """The reasons of one import."""

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self._by_code = {reason.code: reason for reason in (*FAULTS, *reasons)}

    def read(self, staged: str) -> Refusal:
        """Raises KeyError for a code that the import does not declare."""
        code, brace, rest = staged.partition("{")
        reason = self._by_code[code]
        return Refusal(
            code, reason.text, {**reason.parameters, **(json.loads(brace + rest) if brace else {})}
        )


MAX_LINE = 100_000
"""Characters, below the csv module's own limit for a field."""

CARD_NUMBER = Reason("card_number", gettext_noop("a card number; send its first 6 or 8 digits"))
LINE_TOO_LONG = Reason("line_too_long", "longer than %(limit)s characters", {"limit": MAX_LINE})
UNCLOSED_QUOTE = Reason("unclosed_quote", "a quote is opened and never closed")
WRONG_COLUMN_COUNT = Reason("wrong_column_count", "%(found)s columns where %(expected)s are expected")
WRONG_QUOTING = Reason("wrong_quoting", "wrong quoting")

FAULTS = (CARD_NUMBER, LINE_TOO_LONG, UNCLOSED_QUOTE, WRONG_COLUMN_COUNT, WRONG_QUOTING)
"""Faults of rows that are found before their values are checked."""
