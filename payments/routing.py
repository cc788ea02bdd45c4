"""Which card a number belongs to, and on which POS it is charged.

The BIN table decides: eight digits before six, active rows only. The card's row for the currency names the POS,
or the card's own POS where the currency is the channel's. No fitting BIN: the channel's default card, if one is
set.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models.functions import Length

from config.kit.lib.money import round_to_minor, split_evenly
from payments.errors import NoCardMatchedError
from payments.models import POS, BinNumber, Card, Channel, Installment, MultiCurrencyCard
from payments.route_reasons import NO_POS, NO_THREE_D, OTHER_CURRENCY, OWN_CURRENCY


@dataclass(frozen=True)
class Route:
    """A POS and why it is the one, in English; `pos` is None where the configuration names none."""

    pos: POS | None
    reason: str


@dataclass(frozen=True)
class InstallmentOffer:
    """One way to split an amount; without an amount only the terms are known."""

    installment: Installment
    total: Decimal | None
    parts: tuple[Decimal, ...]

    @property
    def monthly(self) -> Decimal | None:
        """The first and highest part, so that no price is understated; later ones may be one minor unit less."""
        return self.parts[0] if self.parts else None


@dataclass(frozen=True)
class Match:
    """What is known about a card from its first digits. `bin_number` is None where the default card answers."""

    channel: Channel
    currency: str
    card: Card
    bin_number: BinNumber | None
    cash: Route
    installment: Route
    three_d: Route
    fallback: POS | None
    """Charged where the first POS provably did not receive the request."""
    offers: tuple[InstallmentOffer, ...]


def match(*, channel: Channel, bin: str, currency: str, amount: Decimal | None = None) -> Match:
    """The card, terms and POS for the first `bin` digits (6 to 8) of a card's number.

    `amount` is in major units with no more places than the currency has. Raises NoCardMatchedError.
    """
    found = find_bin(channel=channel, digits=bin)
    card = found.card if found else channel.default_card
    if card is None:
        raise NoCardMatchedError
    cash, installment, three_d = find_routes(card=card, currency=currency)
    active = Installment.objects.filter(card=card, is_active=True).order_by("installment_count")
    return Match(
        channel=channel,
        currency=currency,
        card=card,
        bin_number=found,
        cash=cash,
        installment=installment,
        three_d=three_d,
        fallback=card.fallback_payment if currency == channel.default_currency else None,
        offers=tuple(offer(item, amount=amount, currency=currency) for item in active),
    )


def find_bin(*, channel: Channel, digits: str) -> BinNumber | None:
    """The active BIN with the most digits in common with a card's first digits, its card and bank beside it."""
    candidates = {digits[:length] for length in (8, 6) if len(digits) >= length}
    return (
        BinNumber.objects.filter(channel=channel, bin_number__in=candidates, is_active=True)
        .select_related("card__bank", "card__card_type", "card__fallback_payment")
        .order_by(Length("bin_number").desc())
        .first()
    )


def find_routes(*, card: Card, currency: str) -> tuple[Route, Route, Route]:
    """The POS for a single payment, for installments and for 3-D Secure, in this order."""
    source: Card | MultiCurrencyCard | None
    source = (
        MultiCurrencyCard.objects.filter(card=card, currency=currency)
        .select_related("cash_payment", "installment_payment", "three_d_payment")
        .first()
    )
    names = {"card": card.slug, "currency": currency}
    if source is not None:
        because = OTHER_CURRENCY % names
    elif currency == card.channel.default_currency:
        source = card
        because = OWN_CURRENCY % names
    else:
        nothing = Route(None, NO_POS % names)
        return nothing, nothing, nothing
    three_d = Route(source.three_d_payment, because)
    if source.three_d_payment is None:
        three_d = Route(None, NO_THREE_D % names)
    return Route(source.cash_payment, because), Route(source.installment_payment, because), three_d


def offer(installment: Installment, *, amount: Decimal | None, currency: str) -> InstallmentOffer:
    """`amount` with the installment's interest, in parts that add up to the total to the minor unit."""
    if amount is None:
        return InstallmentOffer(installment, None, ())
    total = round_to_minor(amount * (1 + installment.interest_rate / 100), currency)
    return InstallmentOffer(
        installment, total, tuple(split_evenly(total, installment.installment_count, currency))
    )
