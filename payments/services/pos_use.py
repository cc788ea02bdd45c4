"""What depends on a POS."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from payments.models import POS, Card, MultiCurrencyCard

_NAMED = 5


@dataclass(frozen=True)
class PosUse:
    """Cards that it charges in their channel's currency, those among them with a fallback that takes payments, some
    names of the others, rows of other currencies (which have no fallback), and cards whose fallback it is.
    """

    cards: int
    with_fallback: int
    names: Sequence[str]
    currencies: int
    falls_back_here: int

    @property
    def without_fallback(self) -> int:
        return self.cards - self.with_fallback


def find_use(pos: POS) -> PosUse:
    named = Q(cash_payment=pos) | Q(installment_payment=pos) | Q(three_d_payment=pos)
    rescued = Q(fallback_payment__is_active=True, fallback_payment__is_approved=True)
    cards = Card.objects.filter(named)
    alone = cards.exclude(pk__in=cards.filter(rescued).values("pk"))
    return PosUse(
        cards=cards.count(),
        with_fallback=cards.filter(rescued).count(),
        names=list(alone.order_by("name").values_list("name", flat=True)[:_NAMED]),
        currencies=MultiCurrencyCard.objects.filter(named).count(),
        falls_back_here=Card.objects.filter(fallback_payment=pos).count(),
    )
