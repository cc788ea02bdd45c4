"""Card numbers in texts: how they are recognized, and how they are masked in what is stored.

A card number has 13 to 19 digits, the first digits and the length of a network, and a valid check digit
(contracts, "Card numbers in texts"). Two rules use that:

* *Free text* (names, descriptions, reasons): the digits may be one run, wherever it stands, or groups with one
  separator between them (4111 1111 1111 1111, 3782-822463-10005).
* *Ids of other systems* (references, tokens, correlators): only a run that stands alone, with no letter or digit at
  either side, or a value that is nothing but the groups of one card number. UUIDs, ObjectIds, phone numbers, times and
  snowflake ids are no card numbers by this rule.

The work is proportional to the length of the text, whatever it holds (tests/attacks/test_masking_time.py).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

from config.kit.lib.card_brands import possible_lengths

SHORTEST, LONGEST = 13, 19

# Zero-width characters and the soft hyphen are not seen, so a person reads the number without them.
_SEPARATOR = re.compile("[\\s\\-._/\u00ad\u2010-\u2015\u2212\u200b-\u200f\u2060\ufeff]")
_RUN = re.compile(r"\d++")
_GROUPS_ONLY = re.compile(r"\s*+\d++(?:[ \-]\d++)++\s*+")
# Its groups of hexadecimal digits may all happen to be decimal.
_UUID = re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b")
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


@dataclass(frozen=True, slots=True)
class Run:
    """Digits that follow each other in a text from `start` to `end`, as ASCII digits."""

    start: int
    end: int
    digits: str


def holds_card_number(text: str) -> bool:
    """The rule for free text."""
    return next(find_card_numbers(text), None) is not None


def holds_bare_card_number(text: str) -> bool:
    """The rule for ids of other systems."""
    if len(text) <= 2 * LONGEST and _GROUPS_ONLY.fullmatch(text) and is_card_number(_digits_in(text)):
        return True
    return any(
        is_card_number(run.digits) and not _has_neighbour(text, run)
        for run in runs_of(text)
        if SHORTEST <= len(run.digits) <= LONGEST
    )


def _digits_in(text: str) -> str:
    return "".join(run.digits for run in runs_of(text))


def is_card_number(digits: str) -> bool:
    """Whether ASCII `digits` are a card number: a network's first digits and length, and the check digit."""
    return len(digits) in possible_lengths(digits) and next(card_windows([digits]), None) is not None


def mask_pan(digits: str) -> str:
    """`4111111111111111` → `411111******1111`. Fewer than 13 digits keep only the last four."""
    if len(digits) < SHORTEST:
        return "*" * (len(digits) - 4) + digits[-4:]
    return f"{digits[:6]}{'*' * (len(digits) - 10)}{digits[-4:]}"


def mask_card_numbers(text: str) -> str:
    """Mask the card numbers of a free text and keep other long numbers. For what is stored."""
    parts, done = [], 0
    for found in find_card_numbers(text):
        if found.start >= done:
            parts += [text[done : found.start], mask_pan(found.digits)]
            done = found.end
    return "".join([*parts, text[done:]])


def find_card_numbers(text: str) -> Iterator[Run]:
    """By the rule for free text, in their order. They may overlap."""
    if len(text) >= SHORTEST:
        text = _UUID.sub(lambda match: "u" * len(match[0]), text) if "-" in text else text
        runs = (run for run in runs_of(text) if len(run.digits) <= LONGEST)
        for chain in chains(text, runs, _is_separator):
            yield from card_numbers_of(chain)


def card_numbers_of(chain: list[Run]) -> Iterator[Run]:
    """The card numbers that begin and end with a run of `chain`."""
    for first, last in card_windows([run.digits for run in chain]):
        digits = "".join(run.digits for run in chain[first : last + 1])
        yield Run(chain[first].start, chain[last].end, digits)


def runs_of(text: str) -> Iterator[Run]:
    """The runs of decimal digits of any script."""
    for match in _RUN.finditer(text):
        yield Run(match.start(), match.end(), ascii_digits(match[0]))


def ascii_digits(digits: str) -> str:
    return digits if digits.isascii() else "".join(str(unicodedata.decimal(digit)) for digit in digits)


def chains(text: str, runs: Iterable[Run], joins: Callable[[str, int, int], bool]) -> Iterator[list[Run]]:
    """Runs in a row. `joins(text, end of a run, start of the next)` tells whether both belong together."""
    chain: list[Run] = []
    for run in runs:
        if chain and not joins(text, chain[-1].end, run.start):
            yield chain
            chain = []
        chain.append(run)
    if chain:
        yield chain


def card_windows(groups: list[str]) -> Iterator[tuple[int, int]]:
    """First and last index of the groups that together are a card number.

    Sums over all digits give the check digit of each window, so that a window costs the same whatever its length.
    """
    digits = "".join(groups)
    ends = {end: index for index, end in enumerate(accumulate(map(len, groups)))}
    if len(digits) < SHORTEST:
        return
    plain = list(map(int, digits))
    doubled = [_DOUBLED[digit] for digit in plain]
    # Doubled are the digits at even places, and at odd places: which of both counts depends on where a window ends.
    even = list(accumulate((doubled[i] if i % 2 == 0 else plain[i] for i in range(len(plain))), initial=0))
    odd = list(accumulate((plain[i] if i % 2 == 0 else doubled[i] for i in range(len(plain))), initial=0))
    for start, end in pairwise([0, *ends]):
        index = ends[end]
        for length in possible_lengths(digits[start : start + 4]):
            last = ends.get(start + length)
            if last is not None:
                sums = even if (start + length) % 2 == 0 else odd
                if (sums[start + length] - sums[start]) % 10 == 0:
                    yield index, last


def _is_separator(text: str, end: int, start: int) -> bool:
    return start - end == 1 and _SEPARATOR.match(text, end) is not None


def _has_neighbour(text: str, run: Run) -> bool:
    return text[run.start - 1 : run.start].isalnum() or text[run.end : run.end + 1].isalnum()
