"""Card numbers that tell where they were sent, and a search for them in everything that is at rest."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stdnum import luhn

from tests.support.dump import decrypted, everything, files_below


class Marked:
    """A card number of its own for each place."""

    def __init__(self) -> None:
        self.places: dict[str, str] = {}
        self._count = 0

    def number(self, place: str) -> str:
        self._count += 1
        body = f"435508{self._count + 100_000_000:09d}"
        number = body + luhn.calc_check_digit(body)
        self.places[number] = place
        return number

    def stored(self, *folders: Path) -> list[str]:
        """The places whose numbers are found, also where blanks or hyphens stand between the digits."""
        text = "\n".join([everything(), decrypted(), *map(files_below, folders)])
        joined = re.sub(r"(?<=\d)[ \-.](?=\d)", "", text)
        return [place for number, place in self.places.items() if number in joined or number in text]


def spaced(number: str) -> str:
    return " ".join(number[start : start + 4] for start in range(0, 16, 4))


def escaped(number: str) -> str:
    """As JSON may write it."""
    return "".join(f"\\u003{digit}" for digit in number)


WAYS = ("", " within a text", " spaced", " escaped", " as a number")


def bodies_with(
    marked: Marked, door: str, body: dict[str, Any], ways: tuple[str, ...] = WAYS
) -> Iterator[tuple[str, bytes]]:
    """`body` with a card number in one place each: every value, every name, an unknown attribute, plain and escaped."""
    for path in paths_of(body):
        name = f"{door} {'.'.join(map(str, path))}"
        for how in ways:
            if how == " spaced" and is_id(path):
                continue  # an id is a card number only as one run
            number = marked.number(f"{name}{how}")
            value: Any = {
                " within a text": f"of card {number} thanks",
                " spaced": spaced(number),
                " escaped": number,
                " as a number": int(number),
            }.get(how, number)
            text = json.dumps(with_value(body, path, value))
            yield name, (text.replace(number, escaped(number)) if how == " escaped" else text).encode()
    number = marked.number(f"{door} name of an attribute")
    yield f"{door} name", json.dumps({**body, number: 1}).encode()
    number = marked.number(f"{door} unknown attribute")
    yield f"{door} unknown", json.dumps({**body, "note": {"deep": [number]}}).encode()


def is_id(path: tuple[Any, ...]) -> bool:
    last = str(path[-1]).lower()
    words = (
        "id",
        "id1",
        "id2",
        "id3",
        "token",
        "number",
        "key",
        "type",
        "code",
        "phone",
        "url",
        "href",
        "callback",
    )
    return last.endswith(words)


def paths_of(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for name, value in items:
        yield (*path, name)
        yield from paths_of(value, (*path, name))


def with_value(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(body)
    part = changed
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return changed
