"""Masking of card numbers and secrets in logs, errors and audit rows.

Masking is deliberately greedy: masking an order number by mistake is harmless, a card number in a log is not. A card
number keeps at most its first six and last four digits (PCI DSS 3.4).

The work is proportional to the length of the text: every expression takes what it reads and never goes back, and each
attempt begins behind the one before (tests/attacks/test_masking_time.py checks both).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from stdnum import luhn

from config.kit.lib.card_numbers import Run, ascii_digits, card_numbers_of, chains, mask_pan

SECRET_MASK = "*" * 8
MAX_MASKED = 256 * 1024
"""Longer texts are cut before they are looked at. No line of a log needs more."""

_LONG_RUN = 12
_SENSITIVE = (
    r"(?:pass(?:words?|wd|phrase)?|secrets?(?:_?key)?|(?:store|api|private|merchant|mac|access)_?key|"
    r"apikeyprivate|apiclientprivate|encryption_?keys?|credentials?|tokens?|cvv2?(?:val)?|cvc2?|cv2|securitycode|authorization|signature|hash_?data|otp|"
    r"cookie|session(?:id)?|csrf\w{0,20})"
)
_LONGEST_NAME = 64
_SECRET_KEY = re.compile(rf"(?:^|[_\-.\s]|(?<=[a-z])(?=[A-Z])){_SENSITIVE}\Z", re.IGNORECASE)
_SECRET_WORD = re.compile(rf"{_SENSITIVE}\Z", re.IGNORECASE)
_NAME_PARTS = re.compile(r"[:.\-]")

# name=value, "name": "value", Authorization: Token value: the name with what stands before the value …
_ASSIGNED = re.compile(r"\b(?P<name>\w++)(?P<between>\\?[\"']?\s*+(?:=>|[=:])\s*+)")
# … the quotation mark that opens the value, or the value itself.
_QUOTE = re.compile(r"\\?[\"']")
_BARE_VALUE = re.compile(r"(?:(?:Token|Bearer|Basic|IYZWSv2)\s++)?[^\s,;&<>}\])]++", re.IGNORECASE)
# <Name attribute="…">value
_ELEMENT = re.compile(r"(?P<open><(?P<name>[\w:.\-]++)[^<>]*+>)(?P<value>[^<]*+)")
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_SCHEME = re.compile(r"\b(?P<scheme>Token|Bearer|Basic|IYZWSv2)\s++[A-Za-z0-9._~+/=\-]{16,}+", re.IGNORECASE)
_BIN_PARAMETER = re.compile(r"(?P<name>\bbin=)(?P<value>[^&#]++)", re.IGNORECASE)
_URL_USER = re.compile(r"(?P<head>://[^\s/:@]*+):[^\s/@]++@")

# Separators that are encoded with digits, and digits as they are or URL-, JSON- and XML-encoded: 4, %34, \u0034, &#52;
_WRITTEN = re.compile(
    r"%20|%2[dD]|"
    r"(?P<plain>\d++)|%3(?P<url>[0-9])|\\u003(?P<json>[0-9])|&#(?P<xml>4[89]|5[0-7]);|&#x3(?P<hex>[0-9]);"
)
_SEPARATORS = re.compile(
    r"(?:[\s\-._+,/:|'\"\u00ad\u2010-\u2015\u200b-\u200f\u2060\ufeff]|%20|%2[dD]|\\[nrt]){1,4}+"
)
_LONGEST_SEPARATORS = 12
_DIGIT = re.compile(r"\d")

# Up to eight digits, masked digits, up to four digits: 411111******1111, or a short XXXX1111.
_MASKED_CARD = re.compile(r"(?P<first>[0-9]{0,8}+)[*xX•]++(?P<last>[0-9]{0,4}+)")


def mask_secret(value: str) -> str:
    """Eight stars and the last two characters; only stars for fewer than six characters."""
    return SECRET_MASK + (value[-2:] if len(value) >= 6 else "")


def mask_number(value: str) -> str:
    """Eight stars and the last four characters of an account number or token.

    Only stars for fewer than six characters; an empty text stays empty.
    """
    return SECRET_MASK + (value[-4:] if len(value) >= 6 else "") if value else ""


def read_masked_card(text: str) -> str:
    """`4111 11XX XXXX 1111` → `411111******1111`: normalized, with at most the first six and last four digits.

    Raises ValueError for texts that are not a masked card number or mask too little of it.
    """
    if len(text) > _LONGEST_NAME:
        raise ValueError("not a masked card number")
    match = _MASKED_CARD.fullmatch(re.sub(r"[\s\-.]", "", text))
    if match is None or not 5 <= len(match[0]) <= 19:
        raise ValueError("not a masked card number")
    first, last = match["first"][:6], match["last"]
    return first + "*" * (len(match[0]) - len(first) - len(last)) + last


def is_secret_name(name: str) -> bool:
    """Whether a field of this name holds a secret, by the last word of the name."""
    return bool(_SECRET_KEY.search(name[-_LONGEST_NAME:]))


def mask_text(text: str) -> str:
    """Mask card numbers (12 or more digits, however they are split) and named secrets. For logs."""
    text = cut(text)
    text = _BIN_PARAMETER.sub(_mask_bin, text)
    text = _mask_elements(text)
    text = _mask_assignments(text)
    text = _SCHEME.sub(rf"\g<scheme> {SECRET_MASK}", text)
    text = _URL_USER.sub(rf"\g<head>:{SECRET_MASK}@", text)
    return _mask_long_numbers(text)


def cut(text: str) -> str:
    """At most MAX_MASKED characters. Digits at the end go too: they may be the beginning of a card number."""
    if len(text) <= MAX_MASKED:
        return text
    return text[:MAX_MASKED].rstrip("0123456789 -") + " … cut"


def mask_data(value: Any) -> Any:
    """`mask_text` for nested data. Values under secret names are masked whole."""
    if isinstance(value, Mapping):
        return {
            mask_text(str(key)): SECRET_MASK if is_secret_name(str(key)) and item else mask_data(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple, set, frozenset)):
        return [mask_data(item) for item in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        masked = mask_text(str(value))
        return value if masked == str(value) else masked
    return mask_text(str(value))


def _mask_bin(match: re.Match[str]) -> str:
    """Up to eight digits are a BIN; more may be a card number."""
    too_long = len(_DIGIT.findall(match["value"])) > 8
    return f"{match['name']}{SECRET_MASK if too_long else match['value']}"


def _mask_elements(text: str) -> str:
    parts, done = [], 0
    for match in _ELEMENT.finditer(text):
        if match.start() < done or not _names_secret_element(match["name"]):
            continue
        end = match.end()
        if text.startswith(_CDATA, end):
            end = _end_of(text, _CDATA_END, end)
        elif not match["value"]:
            continue
        parts += [text[done : match.start()], match["open"], SECRET_MASK]
        done = end
    return "".join([*parts, text[done:]])


def _names_secret_element(name: str) -> bool:
    return any(map(_SECRET_WORD.search, _NAME_PARTS.split(name[-_LONGEST_NAME:])))


def _mask_assignments(text: str) -> str:
    parts, done = [], 0
    while match := _ASSIGNED.search(text, done):
        end = match.end()
        if _SECRET_WORD.search(match["name"][-_LONGEST_NAME:]):
            end = _end_of_value(text, end)
        masked = SECRET_MASK if end > match.end() else ""
        parts += [text[done : match.end()], masked]
        done = end
    return "".join([*parts, text[done:]])


def _end_of_value(text: str, start: int) -> int:
    """Behind the quoted or bare value at `start`; `start` where there is none. An open quotation has no end."""
    quote = _QUOTE.match(text, start)
    if quote is None:
        bare = _BARE_VALUE.match(text, start)
        return bare.end() if bare else start
    end = quote.end()
    while (found := text.find(quote[0], end)) >= 0:
        end = found + len(quote[0])
        if quote[0][0] == "\\" or not _is_escaped(text, found, quote.end()):
            return end
    return len(text)


def _is_escaped(text: str, place: int, start: int) -> bool:
    before = text[max(start, place - 32) : place]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _end_of(text: str, mark: str, start: int) -> int:
    found = text.find(mark, start)
    return found + len(mark) if found >= 0 else len(text)


def _mask_long_numbers(text: str) -> str:
    parts, done = [], 0
    for chain in chains(text, _written_digits(text), _belong_together):
        for start, end, masked in _masked_parts(chain):
            parts += [text[done:start], masked]
            done = end
    return "".join([*parts, text[done:]])


def _written_digits(text: str) -> Iterator[Run]:
    """Digits however they are encoded; neighbours without anything between them are one run."""
    run: Run | None = None
    for match in _WRITTEN.finditer(text):
        digits = _digits_of(match)
        if not digits:
            continue
        if run is not None and run.end == match.start():
            run = Run(run.start, match.end(), run.digits + digits)
            continue
        if run is not None:
            yield run
        run = Run(match.start(), match.end(), digits)
    if run is not None:
        yield run


def _digits_of(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind == "plain":
        return ascii_digits(match[0])
    if kind == "xml":
        return chr(int(match[kind]))
    return match[kind] if kind else ""


def _belong_together(text: str, end: int, start: int) -> bool:
    return start - end <= _LONGEST_SEPARATORS and _SEPARATORS.fullmatch(text, end, start) is not None


def _masked_parts(chain: list[Run]) -> Iterator[tuple[int, int, str]]:
    """Start, end and mask: long runs, and whole stretches between them that look like a split card number."""
    stretch: list[Run] = []
    for run in [*chain, None]:
        if run is not None and len(run.digits) < _LONG_RUN:
            stretch.append(run)
            continue
        if stretch and _may_be_split(stretch):
            yield stretch[0].start, stretch[-1].end, mask_pan("".join(part.digits for part in stretch))
        stretch = []
        if run is not None:
            yield run.start, run.end, mask_pan(run.digits)


def _may_be_split(stretch: list[Run]) -> bool:
    """Single digits in a row, or groups that make a card number. Addresses and dates do not."""
    singles = 0
    for run in stretch:
        singles = singles + 1 if len(run.digits) == 1 else 0
        if singles >= _LONG_RUN:
            return True
    return next(card_numbers_of(stretch), None) is not None or _has_check_digit(stretch)


def _has_check_digit(stretch: list[Run]) -> bool:
    """Whether groups of three or more digits make a number with a valid check digit, of a network or not."""
    groups = [run.digits for run in stretch]
    for start in range(len(groups)):
        digits = ""
        for group in groups[start : start + 7]:
            digits += group
            if len(group) < 3 or len(digits) > 19:
                break
            if len(digits) >= _LONG_RUN and luhn.is_valid(digits):
                return True
    return False
