"""Taking card numbers and secrets out of text and data that people will read: logs, errors, audit rows.

Masking is deliberately greedy: a masked order number costs a second look, a card number in a log costs the
company. A card number keeps its first six and last four digits at most (PCI DSS 3.4).
"""

import re
from collections.abc import Mapping
from typing import Any

from stdnum import luhn

SECRET_MASK = "********"  # noqa: S105 what stands in place of a secret

# What people and programs put between a card number's digits, clear or URL-encoded.
_SEPARATOR = r"(?:[\s\-._+,/:|'\"\u00ad\u200b-\u200f\u2060\ufeff]|%20|%2[dD]|\\[nrt]){1,4}"
_ENCODED = re.compile(r"%[0-9a-fA-F]{2}")
_RUN = re.compile(r"\d{12,}")
_GROUPED = re.compile(rf"(?<!\d)\d{{3,}}(?:{_SEPARATOR}\d{{3,}})+(?!\d)")
_SPACED = re.compile(rf"(?<!\d)\d(?:{_SEPARATOR}\d){{11,}}(?!\d)")

_SENSITIVE = (
    r"(?:pass(?:words?|wd|phrase)?|secrets?(?:_?key)?|(?:store|api|private|merchant|mac|access)_?key|"
    r"apikeyprivate|apiclientprivate|encryption_?keys?|credentials?|tokens?|cvv2?(?:val)?|cvc2?|cv2|securitycode|authorization|signature|hash_?data|otp|"
    r"cookie|session(?:id)?|csrf\w*)"
)
_SECRET_KEY = re.compile(rf"(?:^|[_\-.\s]|(?<=[a-z])(?=[A-Z])){_SENSITIVE}$", re.IGNORECASE)
# name=value, "name": "value", <Name>value</Name>, Authorization: Token value
_ASSIGNED = re.compile(
    rf"(?P<name>\b\w*{_SENSITIVE})(?P<between>\\?[\"']?\s*(?:=>|[=:])\s*)"
    rf"(?P<value>\\?\"(?:[^\"\\]|\\.)*\\?\"|\\?'(?:[^'\\]|\\.)*\\?'|(?:(?:Token|Bearer|Basic|IYZWSv2)\s+)?[^\s,;&<>}}\])]+)",
    re.IGNORECASE,
)
_ELEMENT = re.compile(rf"(?P<open><[\w:.\-]*{_SENSITIVE}\b[^>]*>)[^<]*(?=</)", re.IGNORECASE)
_SCHEME = re.compile(r"\b(?P<scheme>Token|Bearer|Basic|IYZWSv2)\s+[A-Za-z0-9._~+/=\-]{16,}", re.IGNORECASE)
_BIN_PARAMETER = re.compile(r"(?P<name>\bbin=)(?P<value>[^&#]+)", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(?P<head>\b[a-z][a-z0-9+.\-]*://[^\s/:@]*):[^\s/@]+@", re.IGNORECASE)

# What is a card number and nothing else: its length, first digits of a network, check digit.
_CARD_NUMBER = re.compile(r"(?<!\d)(?:2[2-7]|3[04-9]|4\d|5\d|6\d|97)(?:[\s\-._]?\d){11,17}(?!\d)")

# At most eight digits, the hidden ones, at most four digits; as long as card numbers are, or a short "XXXX1111".
_CARD_MASK = re.compile(r"(?=.{5,19}\Z)(?P<first>[0-9]{0,8})[*xX•]+(?P<last>[0-9]{0,4})")


def mask_pan(digits: str) -> str:
    """`4111111111111111` → `411111******1111`; shorter than 13 digits keeps only the last four."""
    if len(digits) < 13:
        return "*" * (len(digits) - 4) + digits[-4:]
    return f"{digits[:6]}{'*' * (len(digits) - 10)}{digits[-4:]}"


def mask_secret(value: str) -> str:
    """What a reader without the right to see a secret gets: eight stars and the last two characters.

    A secret of fewer than six characters shows stars only; two of four characters would be half of it.
    """
    return SECRET_MASK + (value[-2:] if len(value) >= 6 else "")


def mask_number(value: str) -> str:
    """What people may read of an account number or token: eight stars and the last four characters.

    One of fewer than six characters shows stars only; none is an empty text.
    """
    return SECRET_MASK + (value[-4:] if len(value) >= 6 else "") if value else ""


def read_card_mask(text: str) -> str:
    """`4111 11XX XXXX 1111` → `411111******1111`: a masked card number as we write it, six and four digits at most.

    Raises ValueError for what hides too little of a card, or is none.
    """
    match = _CARD_MASK.fullmatch(re.sub(r"[\s\-.]", "", text))
    if match is None:
        raise ValueError("not a masked card number")
    first, last = match["first"][:6], match["last"]
    return first + "*" * (len(match[0]) - len(first) - len(last)) + last


def is_secret_name(name: str) -> bool:
    """Whether a field of this name holds a secret, judged by its last word."""
    return bool(_SECRET_KEY.search(name))


def mask_text(text: str) -> str:
    """`text` without card numbers (12 or more digits, however they are split) and without named secrets."""
    text = _BIN_PARAMETER.sub(_mask_bin, text)
    text = _ELEMENT.sub(rf"\g<open>{SECRET_MASK}", text)
    text = _ASSIGNED.sub(_mask_assignment, text)
    text = _SCHEME.sub(rf"\g<scheme> {SECRET_MASK}", text)
    text = _URL_PASSWORD.sub(rf"\g<head>:{SECRET_MASK}@", text)
    return _mask_long_numbers(text)


def holds_long_number(text: str) -> bool:
    """Whether `text` has 12 or more digits in a row, or a card number split in any of the usual ways."""
    return _mask_long_numbers(text) != text


def _mask_long_numbers(text: str) -> str:
    text = _RUN.sub(lambda match: mask_pan(match[0]), text)
    text = _SPACED.sub(_mask_split, text)
    return _GROUPED.sub(_mask_grouped, text)


def mask_card_numbers(text: str) -> str:
    """`text` without card numbers, other long numbers left alone: for what is kept, where `mask_text` is for logs."""
    return _CARD_NUMBER.sub(_mask_card_number, text)


def mask_data(value: Any) -> Any:
    """The same for data: text and numbers inside mappings and sequences, values of secret names whole."""
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
    """Six to eight digits are a BIN; more are the beginning of a card number (or the whole of it)."""
    too_long = len(re.findall(r"\d", match["value"])) > 8
    return f"{match['name']}{SECRET_MASK if too_long else match['value']}"


def _mask_assignment(match: re.Match[str]) -> str:
    return f"{match['name']}{match['between']}{SECRET_MASK}"


def _mask_card_number(match: re.Match[str]) -> str:
    digits = "".join(re.findall(r"\d", match[0]))
    return mask_pan(digits) if luhn.is_valid(digits) else match[0]


def _mask_split(match: re.Match[str]) -> str:
    return mask_pan("".join(re.findall(r"\d", _ENCODED.sub(" ", match[0]))))


def _mask_grouped(match: re.Match[str]) -> str:
    """Groups of digits are masked where a valid card number begins at one of them; an address or a date stays."""
    groups = re.findall(r"\d{3,}", _ENCODED.sub(" ", match[0]))
    for start in range(len(groups)):
        digits = ""
        for group in groups[start:]:
            digits += group
            if 12 <= len(digits) <= 19 and luhn.is_valid(digits):
                return mask_pan("".join(groups))
    return match[0]
