"""Masking of card numbers and secrets in logs, errors and audit rows.

Masking is deliberately greedy: masking an order number by mistake is harmless, a card number in a log is not. A card
number keeps at most its first six and last four digits (PCI DSS 3.4).
"""

import re
from collections.abc import Mapping
from typing import Any

from stdnum import luhn

SECRET_MASK = "*" * 8

# Separators between the digits of a card number, in clear or URL-encoded.
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

# A card number: a network's first digits and a card's length; _mask_card_number checks the check digit.
_CARD_NUMBER = re.compile(r"(?<!\d)(?:2[2-7]|3[04-9]|4\d|5\d|6\d|97)(?:[\s\-._]?\d){11,17}(?!\d)")

# Up to eight digits, masked digits, up to four digits: 411111******1111, or a short XXXX1111.
_MASKED_CARD = re.compile(r"(?=.{5,19}\Z)(?P<first>[0-9]{0,8})[*xX•]+(?P<last>[0-9]{0,4})")


def mask_pan(digits: str) -> str:
    """`4111111111111111` → `411111******1111`. Fewer than 13 digits keep only the last four."""
    if len(digits) < 13:
        return "*" * (len(digits) - 4) + digits[-4:]
    return f"{digits[:6]}{'*' * (len(digits) - 10)}{digits[-4:]}"


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
    match = _MASKED_CARD.fullmatch(re.sub(r"[\s\-.]", "", text))
    if match is None:
        raise ValueError("not a masked card number")
    first, last = match["first"][:6], match["last"]
    return first + "*" * (len(match[0]) - len(first) - len(last)) + last


def is_secret_name(name: str) -> bool:
    """Whether a field of this name holds a secret, by the last word of the name."""
    return bool(_SECRET_KEY.search(name))


def mask_text(text: str) -> str:
    """Mask card numbers (12 or more digits, however they are split) and named secrets. For logs."""
    text = _BIN_PARAMETER.sub(_mask_bin, text)
    text = _ELEMENT.sub(rf"\g<open>{SECRET_MASK}", text)
    text = _ASSIGNED.sub(_mask_assignment, text)
    text = _SCHEME.sub(rf"\g<scheme> {SECRET_MASK}", text)
    text = _URL_PASSWORD.sub(rf"\g<head>:{SECRET_MASK}@", text)
    return _mask_long_numbers(text)


def holds_long_number(text: str) -> bool:
    """Whether `text` has 12 or more digits in a row, or a card number with separators."""
    return _mask_long_numbers(text) != text


def _mask_long_numbers(text: str) -> str:
    text = _RUN.sub(lambda match: mask_pan(match[0]), text)
    text = _SPACED.sub(_mask_split, text)
    return _GROUPED.sub(_mask_grouped, text)


def mask_card_numbers(text: str) -> str:
    """Mask only valid card numbers and keep other long numbers. For stored texts; `mask_text` is for logs."""
    return _CARD_NUMBER.sub(_mask_card_number, text)


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
    """Mask groups of digits if a valid card number begins at one of them; keep addresses and dates."""
    groups = re.findall(r"\d{3,}", _ENCODED.sub(" ", match[0]))
    for start in range(len(groups)):
        digits = ""
        for group in groups[start:]:
            digits += group
            if 12 <= len(digits) <= 19 and luhn.is_valid(digits):
                return mask_pan("".join(groups))
    return match[0]
