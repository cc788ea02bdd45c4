"""What other apps may ask of the configuration."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models.functions import Length

from payments.models import BinNumber


@dataclass(frozen=True)
class BinDetails:
    """What the first digits of a card tell. `card_type` is a programme (World) or, without one, a network (Visa)."""

    bank_id: int
    bank: str
    card_type_id: int
    card_type: str
    payment_type: str
    """A CardPaymentType: credit, debit or prepaid."""
    is_commercial: bool


_COLUMNS = (  # in the order of BinDetails
    "card__bank_id",
    "card__bank__name",
    "card__card_type_id",
    "card__card_type__name",
    "card__card_payment_type",
    "card__is_commerce_card",
)


def find_bin_details(bins: Iterable[str]) -> dict[str, BinDetails]:
    """What is known of each of `bins` (6 or 8 digits), in one query; an unknown one is not in the answer.

    Eight digits go before six, active rows of active channels count, and of several channels the oldest that
    knows the digits answers.
    """
    bins = set(bins)
    candidates = {digits[:length] for digits in bins for length in (8, 6) if len(digits) >= length}
    rows = (
        BinNumber.objects.filter(bin_number__in=candidates, is_active=True, channel__is_active=True)
        .order_by(Length("bin_number"), "-channel_id")
        .values_list("bin_number", *_COLUMNS)
    )
    known = {row[0]: BinDetails(*row[1:]) for row in rows}
    found = {digits: known.get(digits) or known.get(digits[:6]) for digits in bins}
    return {digits: details for digits, details in found.items() if details}
