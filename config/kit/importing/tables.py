"""The temporary tables of an import, with their columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

IDENTITY = 'text COLLATE "C"'
"""Sorted by bytes: imports that insert in one order do not deadlock."""


@dataclass(frozen=True)
class TempTable:
    name: str
    columns: Mapping[str, str]
    """Name → SQL type."""
    kind = "TABLE"

    @property
    def create(self) -> str:
        columns = ", ".join(f"{name} {sql_type}" for name, sql_type in self.columns.items())
        return f"CREATE TEMP TABLE {self.name} ({columns}) ON COMMIT DROP"


@dataclass(frozen=True)
class TempView:
    """A selection of the tables before it; it may use the import's parameters."""

    name: str
    columns: Sequence[str]
    select: str
    kind = "VIEW"

    @property
    def create(self) -> str:
        return f"CREATE TEMP VIEW {self.name} ({', '.join(self.columns)}) AS {self.select}"


def rows_table(staged: Sequence[str]) -> TempTable:
    """The file as it is read; an empty cell is NULL, `fault` says why a row could not be read."""
    return TempTable("import_rows", {"line": "integer", "fault": "text", **dict.fromkeys(staged, "text")})


def new_table(staged: Sequence[str]) -> TempTable:
    """The valid rows, the first of each identity."""
    return TempTable("import_new", {"line": "integer", "identity": IDENTITY, **dict.fromkeys(staged, "text")})


KNOWN = TempTable("import_known", {"identity": IDENTITY})
"""Filled by a loader's `save`: what exists already."""

NOTED = TempTable("import_noted", {"line": "integer", "reason": "text"})
"""Filled by a loader's `save`: what was created without a part of its row, and why (a reason as it is staged)."""

REFUSED = TempTable("import_refused", {"line": "integer", "reason": "text"})
"""Filled by a loader's `save`: what could not be saved, and why (a reason as it is staged)."""
