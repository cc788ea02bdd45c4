"""The rules of payment methods, for the service, the import and the Naviga contract alike. Uses no database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from django.db.models import Field

from billing.models import MethodKind, PaymentMethod
from config.kit.lib.card_brands import CardBrand, possible_brands
from config.kit.lib.masking import read_masked_card
from payments.gateways import registry

MAX_SECRET = 512
"""Characters of an account number, routing number or token."""

FIRST_YEAR, LAST_YEAR = 2000, 2099

_OTHER_SPELLINGS = {"amex": CardBrand.AMERICAN_EXPRESS.value, "dinersclub": CardBrand.DINERS.value}


class Fault(StrEnum):
    """The values are the codes of the import's reasons."""

    MASKED_CARD_UNREADABLE = "card_mask_unreadable"
    EXPIRY_INCOMPLETE = "expiry_incomplete"
    EXPIRY_MONTH_OUT_OF_RANGE = "expiry_month_out_of_range"
    EXPIRY_YEAR_OUT_OF_RANGE = "expiry_year_out_of_range"
    NO_MASKED_CARD = "no_card_mask"
    NO_EXPIRY = "no_expiry"
    UNKNOWN_BRAND = "unknown_brand"
    TOO_LONG = "secret_too_long"
    NO_BANK_ACCOUNT_NUMBER = "no_bank_account_number"
    UNKNOWN_GATEWAY = "unknown_gateway"


@dataclass(frozen=True, kw_only=True)
class MethodFacts:
    """The values that the rules check. Empty texts and None mean "not given"."""

    kind: int | None
    masked_card: str
    expiry_month: int | None
    expiry_year: int | None
    brand: str = ""
    bank_account_number: str = ""
    gateway: str = ""
    secrets: Sequence[str] = ()


def find_faults(facts: MethodFacts) -> Iterator[Fault]:
    """All rules that a payment method breaks."""
    if facts.masked_card and not is_masked_card(facts.masked_card):
        yield Fault.MASKED_CARD_UNREADABLE
    yield from find_expiry_faults(facts.expiry_month, facts.expiry_year)
    if facts.kind == MethodKind.CREDIT_CARD:
        if not facts.masked_card:
            yield Fault.NO_MASKED_CARD
        if facts.expiry_month is None:
            yield Fault.NO_EXPIRY
    if facts.brand and facts.brand not in CardBrand.values:
        yield Fault.UNKNOWN_BRAND
    if any(len(secret) > MAX_SECRET for secret in facts.secrets):
        yield Fault.TOO_LONG
    if facts.kind == MethodKind.BANK_ACCOUNT and not facts.bank_account_number:
        yield Fault.NO_BANK_ACCOUNT_NUMBER
    if facts.gateway and registry.find_short(facts.gateway) is None:
        yield Fault.UNKNOWN_GATEWAY


def is_masked_card(text: str) -> bool:
    try:
        read_masked_card(text)
    except ValueError:
        return False
    return True


def find_expiry_faults(month: int | None, year: int | None) -> Iterator[Fault]:
    if (month is None) != (year is None):
        yield Fault.EXPIRY_INCOMPLETE
    if month is not None and not 1 <= month <= 12:
        yield Fault.EXPIRY_MONTH_OUT_OF_RANGE
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        yield Fault.EXPIRY_YEAR_OUT_OF_RANGE


def full_year(number: int, *, digits: int) -> int:
    """A year in two digits is of this century: 30 → 2030."""
    return number + FIRST_YEAR if digits == 2 else number


def guess_brand(masked_card: str) -> str:
    """The brand of a masked card number whose visible first digits allow only one, else an empty text."""
    first_digits = masked_card.partition("*")[0]
    brands = possible_brands(first_digits) if first_digits else set()
    return brands.pop() if len(brands) == 1 else ""


def find_brand(text: str) -> str:
    """The brand that people write as `text`: Visa, MasterCard, AMEX; an empty text for any other."""
    letters = "".join(letter for letter in text.lower() if letter.isalpha())
    known = {brand.value.replace("_", ""): brand.value for brand in CardBrand}
    return (known | _OTHER_SPELLINGS).get(letters, "")


def max_length(field: str) -> int:
    """Characters of a text of a payment method."""
    length = cast(Field, PaymentMethod._meta.get_field(field)).max_length
    return cast(int, length)
