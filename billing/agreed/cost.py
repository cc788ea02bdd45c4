"""What would a payment cost? The same terms as at a capture, on every POS of a channel."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from billing.agreed.terms import parameters, priced
from config.kit.lib.days import today
from payments.models import POS, Channel
from payments.routing import find_bin

_SALES = """
    SELECT pos.id AS pos_id, %(currency)s AS currency, %(amount)s::numeric AS amount,
           %(installments)s::int AS installments, %(sold_on)s::date AS sold_on,
           %(card_type)s::bigint AS card_type_id, %(card_payment_type)s AS card_payment_type,
           %(is_commercial)s::boolean AS is_commercial, %(bank)s::bigint AS bank_id
    FROM payments_pos AS pos WHERE pos.channel_id = %(channel)s
"""
_COST = f"""
    SELECT pos_id, rate, fixed_amount, borne_by, sum(part_commission), sum(part_gross - part_commission),
           array_agg(value_date ORDER BY number)
    FROM ({priced(_SALES)}) AS priced WHERE plan_id IS NOT NULL
    GROUP BY pos_id, plan_id, rate, fixed_amount, borne_by
    ORDER BY sum(part_commission), min(value_date), pos_id
"""  # noqa: S608 constants


@dataclass(frozen=True)
class Cost:
    """In major units of the currency asked for; `value_dates` one for each payout."""

    pos: POS
    rate: Decimal
    fixed_amount: Decimal
    borne_by: str
    commission: Decimal
    net: Decimal
    value_dates: list[date]


def find_costs(
    *, channel: Channel, bin: str, currency: str, amount: Decimal, installments: int = 1
) -> list[Cost]:
    """The cheapest POS first; POS without a plan for the sale are left out.

    `amount` has no more places than the currency. A card with unknown first digits is the channel's default card.
    """
    found = find_bin(channel=channel, digits=bin)
    card = found.card if found else channel.default_card
    with connection.cursor() as cursor:
        cursor.execute(
            _COST,
            {
                "channel": channel.pk,
                "currency": currency,
                "amount": amount,
                "installments": installments,
                "card_type": card.card_type_id if card else None,
                "card_payment_type": card.card_payment_type if card else "",
                "is_commercial": card.is_commerce_card if card else None,
                "bank": card.bank_id if card else None,
                **parameters(currency, today()),
            },
        )
        rows = cursor.fetchall()
    known = POS.objects.in_bulk([row[0] for row in rows])
    return [Cost(known[row[0]], *row[1:]) for row in rows]
