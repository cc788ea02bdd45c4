"""Text → rows of cells. An unreadable row gets a fault; the rows around it are still read."""

import csv
import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import dropwhile
from operator import itemgetter

from config.kit.importing.errors import FileUnreadableError
from config.kit.importing.reasons import (
    CARD_NUMBER,
    LINE_TOO_LONG,
    MAX_LINE,
    UNCLOSED_QUOTE,
    WRONG_COLUMN_COUNT,
    WRONG_QUOTING,
)
from config.kit.importing.separators import EMPTY, SEPARATORS, told_separator
from config.kit.lib.masking import mask_text
from config.kit.lib.turkish import ascii_turkish

MAX_RECORD_LINES = 20  # that a quoted cell may go over

URL = ("https://", "http://")
_MANY_DIGITS = re.compile(r"\d(?:\D{0,3}\d){11}")

Mask = Callable[[str], str]
Record = tuple[int, list[str], str | None]
"""Line number from 1, cells, and the staged reason if the row has a fault."""


@dataclass(frozen=True)
class Bare:
    """A block of short lines of letters and digits: rows of one cell, with nothing to parse, trim or mask."""

    number: int
    lines: list[str]

    def __iter__(self) -> Iterator[Record]:
        return ((number, [text], None) for number, text in enumerate(self.lines, self.number))


Batch = list[Record] | Bare


@dataclass(frozen=True)
class Column:
    """A column that an import knows, by its headings as `heading` folds them.

    `names` are all English ones, of which a file has one. `turkish` are looked for where none of those is there, the
    first goes before the others: lists have "Banka Adı" beside "Banka".
    """

    name: str
    names: frozenset[str]
    turkish: tuple[str, ...] = ()
    required: bool = False

    @classmethod
    def of(cls, name: str, *others: str, turkish: tuple[str, ...] = (), required: bool = False) -> "Column":
        return cls(name, frozenset({name, *others}), turkish, required)

    def names_in(self, headings: Sequence[str]) -> Collection[str]:
        """The headings to look for in a file that has `headings`."""
        if not self.names.isdisjoint(headings):
            return self.names
        return next(((name,) for name in self.turkish if name in headings), ())


def heading(cell: str) -> str:
    """`BIN Number` → `bin_number`, `Banka Adı` → `banka_adi`."""
    return re.sub(r"[\W_]+", "_", ascii_turkish(cell).strip().casefold()).strip("_")


class Table:
    """The rows of one file under an import's columns. `headings` are empty where its first line is a row."""

    def __init__(
        self,
        text: Iterable[str],
        columns: Sequence[Column],
        *,
        header: bool,
        separator: str | None = None,
        mask: Mask = mask_text,
    ) -> None:
        """`header` False: the first line may be a row. FileUnreadableError: a header without its columns.

        `separator` None: it is found in the first line. `mask` takes card numbers out of a cell.
        """
        self._columns = columns
        self._blocks = blocks(text)
        number, lines = self._first_lines()
        if separator is None and (separator := told_separator(lines)) is None:
            separator = self._find_separator(lines)
        self.separator = separator
        self._batches = records(self._with((number, lines)), separator, mask)
        self._first = self._from_first_row()
        self._read_header(required=header)

    def batches(self) -> Iterator[Batch]:
        """Rows of `(line, value of each column, fault)`, a block at a time; `Bare` where an import has one column."""
        yield self._rows(self._first)
        one = self._width == len(self._columns) == 1
        for batch in self._batches:
            yield batch if one and isinstance(batch, Bare) else self._rows(batch)

    def whole(self) -> Iterator[Record]:
        """In place of `batches`: each row with all of its cells, as they are in the file."""
        yield from self._first
        for batch in self._batches:
            yield from batch

    def _rows(self, batch: Batch) -> list[Record]:
        width, pick, blank = self._width, self._pick, [""] * len(self._columns)
        rows: list[Record] = []
        for record in batch:
            line, cells, fault = record
            if len(cells) == width and fault is None:
                values = pick(cells)
                if any(values):
                    rows.append((line, values, None))
                elif not _is_blank(record):
                    rows.append((line, blank, None))
            elif cells or fault:
                rows.extend(self._shaped(record))
        return rows

    def _shaped(self, record: Record) -> Iterator[Record]:
        """A row of another width than the header's: empty cells at its end make no difference."""
        line, cells, fault = record
        extra = any(cell.strip() for cell in cells[self._width :])
        if extra and fault is None:
            fault = WRONG_COLUMN_COUNT.of(found=len(cells), expected=self._width)
        values = self._pick((cells + [""] * self._width)[: self._width])
        if fault or any(values):
            yield line, values, fault

    def _first_lines(self) -> tuple[int, list[str]]:
        """The first block that has more than empty lines."""
        for number, lines in self._blocks:
            if any(line.strip(EMPTY) for line in lines):
                return number, lines
        raise FileUnreadableError("File has no rows.")

    def _with(self, start: tuple[int, list[str]]) -> Iterator[tuple[int, list[str]]]:
        yield start
        yield from self._blocks

    def _find_separator(self, lines: list[str]) -> str:
        """The one that parts the first line into the most known headings, else into the most cells."""
        line = next(line for line in lines if line.strip(EMPTY))
        known = frozenset().union(*((*column.names, *column.turkish) for column in self._columns))

        def score(separator: str) -> tuple[int, int]:
            cells = line.split(separator)
            return sum(heading(cell) in known for cell in cells), len(cells)

        return max(SEPARATORS, key=score)

    def _from_first_row(self) -> list[Record]:
        for batch in self._batches:
            if rest := list(dropwhile(_is_blank, batch)):
                return rest
        raise FileUnreadableError("File has no rows.")

    def _read_header(self, *, required: bool) -> None:
        self.headings: list[str] = []
        headings = [heading(cell) for cell in self._first[0][1]]
        found = {
            column.name: place
            for column in self._columns
            for names in [column.names_in(headings)]
            for place, text in enumerate(headings)
            if text in names
        }
        if not found and not required:
            self._width, places = len(self._columns), list(range(len(self._columns)))
        else:
            self._check_header(headings, found)
            self.headings = self._first.pop(0)[1]
            self._width = len(headings)
            places = [found.get(column.name, self._width) for column in self._columns]
        self._pick = _picker(places, self._width)

    def _check_header(self, headings: list[str], found: dict[str, int]) -> None:
        expected = ", ".join(column.name for column in self._columns)
        missing = [column.name for column in self._columns if column.required and column.name not in found]
        if missing:
            raise FileUnreadableError(
                f"Column {', '.join(missing)} is missing; expected columns: {expected}."
            )
        for column in self._columns:
            names = column.names_in(headings)
            if sum(text in names for text in headings) > 1:
                raise FileUnreadableError(f"Column {column.name} is there twice.")


def _is_blank(record: Record) -> bool:
    _, cells, fault = record
    return fault is None and not any(map(str.strip, cells))


def _picker(places: list[int], width: int) -> Callable[[list[str]], list[str]]:
    """Cells of a row of `width` → value of each column, "" where the file has no such column."""
    if places == list(range(width)):
        return lambda cells: [cell.strip() for cell in cells]
    if width not in places and len(places) > 1:
        pick = itemgetter(*places)
        return lambda cells: [cell.strip() for cell in pick(cells)]
    return lambda cells: ["" if place == width else cells[place].strip() for place in places]


def blocks(text: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Number of the first line, and whole lines. Of a line above MAX_LINE only the beginning is kept."""
    rest, number = "", 1
    for part in text:
        *lines, rest = (rest + part).split("\n")
        rest = rest[: MAX_LINE + 1]
        if lines:
            yield number, lines
            number += len(lines)
    if rest:
        yield number, [rest]


def records(
    numbered: Iterable[tuple[int, list[str]]], separator: str, mask: Mask = mask_text
) -> Iterator[Batch]:
    """Rows of cells, a block at a time; a row may go over several lines where a cell is quoted."""
    waiting: deque[tuple[int, str]] = deque()
    clean = partial(map, partial(_without_card_number, mask))
    for number, lines in numbered:
        longest, text = max(map(len, lines)), "".join(lines)
        if waiting or longest > MAX_LINE or '"' in text:
            waiting.extend(enumerate(lines, number))
            yield list(clean(_quoted(waiting, separator, final=False)))
        elif longest < 12 and text.isalnum():
            yield Bare(number, lines)
        else:
            reader = csv.reader(lines, delimiter=separator)
            plain: Iterable[Record] = ((line, cells, None) for line, cells in enumerate(reader, number))
            yield list(clean(plain) if longest >= 12 else plain)
    yield list(clean(_quoted(waiting, separator, final=True)))


def _quoted(waiting: deque[tuple[int, str]], separator: str, *, final: bool) -> Iterator[Record]:
    """Takes rows off `waiting`; keeps lines there whose quote may still be closed by a line to come."""
    while waiting:
        for count in range(1, min(len(waiting), MAX_RECORD_LINES) + 1):
            record = _parsed([waiting[index] for index in range(count)], separator)
            if record is not None:
                break
        else:
            if len(waiting) < MAX_RECORD_LINES and not final:
                return
            line, text = waiting[0]
            count, record = 1, (line, [text[:100]], UNCLOSED_QUOTE.of())
        for _ in range(count):
            waiting.popleft()
        yield record


def _parsed(lines: list[tuple[int, str]], separator: str) -> Record | None:
    """None where a quote is open at the end."""
    number, text = lines[0][0], "\n".join(line for _, line in lines)
    if len(text) > MAX_LINE:
        return number, [text[:100]], LINE_TOO_LONG.of()
    try:
        cells = next(csv.reader([f"{line}\n" for _, line in lines], delimiter=separator, strict=True), [])
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return None
        return number, [text[:100]], WRONG_QUOTING.of()
    return number, cells, None


def _without_card_number(mask: Mask, record: Record) -> Record:
    """A whole card number must not be stored anywhere, nor in the staging table or a report."""
    line, cells, fault = record
    for place, cell in enumerate(cells):
        if len(cell) >= 12 and _MANY_DIGITS.search(cell) and not cell.startswith(URL):
            masked = mask(cell)
            if masked != cell:
                cells[place], fault = masked, CARD_NUMBER.of()
    return line, cells, fault
