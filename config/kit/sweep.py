"""The search for card numbers in everything that is at rest: columns of all tables, history included, files and logs.

What it finds is told by place and key, never by value.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from psycopg.sql import SQL, Identifier

from config.kit.boundary import is_id_name
from config.kit.lib.card_numbers import holds_bare_card_number, holds_card_number

BLOCK = 1024 * 1024
OVERLAP = 64
"""Bytes of a block that are looked at again with the next one: a card number may lie across both."""

_ROWS = 2_000

# Whatever cannot hold 13 digits with one character between them stays in PostgreSQL.
_MAY_HOLD = "[0-9]([^0-9a-zA-Z]?[0-9]){12}"

_COLUMNS = """
    SELECT table_class.relname, attribute.attname
    FROM pg_attribute AS attribute
    JOIN pg_class AS table_class ON table_class.oid = attribute.attrelid AND table_class.relkind IN ('r', 'p')
    JOIN pg_namespace AS space ON space.oid = table_class.relnamespace AND space.nspname = current_schema()
    JOIN pg_type AS type ON type.oid = attribute.atttypid
    LEFT JOIN pg_type AS element ON element.oid = type.typelem
    WHERE attribute.attnum > 0 AND NOT attribute.attisdropped
      AND (type.typcategory = 'S' OR type.typname IN ('json', 'jsonb', 'xml', 'hstore')
           OR (type.typcategory = 'A' AND element.typcategory = 'S'))
    ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Finding:
    """A column or file with card numbers: how many rows or parts, and some of the rows."""

    place: str
    count: int
    examples: tuple[str, ...] = ()


def find_in_tables() -> Iterator[Finding]:
    """By the rule for ids in columns whose name says id, token or reference, else by the rule for free text."""
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        columns = list(cursor.fetchall())
    for table, column in columns:
        finding = _find_in_column(table, column)
        if finding is not None:
            yield finding


def _find_in_column(table: str, column: str) -> Finding | None:
    holds = holds_bare_card_number if is_id_name(column) else holds_card_number
    query = SQL("SELECT ctid::text, {column}::text FROM {table} WHERE {column}::text ~ {pattern}").format(
        column=Identifier(column), table=Identifier(table), pattern=_MAY_HOLD
    )
    count = 0
    examples: list[str] = []
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(_ROWS):
            held = [place for place, text in rows if holds(text)]
            count += len(held)
            examples += held[: 5 - len(examples)]
    return Finding(f"{table}.{column}", count, tuple(examples)) if count else None


def find_in_files(paths: Iterable[Path]) -> Iterator[Finding]:
    """Names and contents of files and of all files below folders. What cannot be read is left out."""
    for path in paths:
        for file in sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]:
            try:
                count = holds_card_number(file.name) + _count_in(file, holds_bare_card_number)
            except OSError:
                continue
            if count:
                yield Finding(str(file), count)


def _count_in(file: Path, holds: Callable[[str], bool]) -> int:
    count, rest = 0, b""
    with file.open("rb") as opened:
        while block := opened.read(BLOCK):
            count += holds((rest + block).decode("latin-1"))
            rest = block[-OVERLAP:]
    return count
