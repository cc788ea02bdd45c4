"""What parts the cells of a file."""

import re

from config.kit.importing.errors import FileUnreadableError

SEPARATORS = (",", ";", "\t", "|")
EMPTY = " " + "".join(SEPARATORS)
_SEPARATOR_LINE = re.compile(r'\s*"?sep=(?P<separator>.)"?[\s,;|]*', re.IGNORECASE)
"""Excel's first line `sep=;`, which it hides; other programs quote it or fill it up with separators."""


def told_separator(lines: list[str]) -> str | None:
    """What a first line `sep=;` tells. Empties that line, so that the others keep their numbers."""
    place = next(place for place, line in enumerate(lines) if line.strip(EMPTY))
    found = _SEPARATOR_LINE.fullmatch(lines[place])
    if found is None:
        return None
    separator = found["separator"]
    if separator not in SEPARATORS:
        raise FileUnreadableError(
            f"File is separated by {separator!r}; a comma, semicolon, tab or | is expected."
        )
    lines[place] = ""
    return separator
