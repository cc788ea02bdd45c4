"""What commissions differ for cards that move to another POS: by the same terms as at a capture."""

from django.db import connection

from billing.agreed.terms import parameters, priced
from config.kit.lib.days import today
from payments.models import POS
from payments.move_costs import CardsByCurrency, Commission, CostChange

PERMISSION = "billing.view_commissionplan"

# A sale of 100 with each card, single and in each number of installments that it offers, on both POS.
_SALES = """
    SELECT pos.id AS pos_id, %(currency)s AS currency, 100::numeric AS amount, term.installments,
           %(sold_on)s::date AS sold_on, card.card_type_id, card.card_payment_type,
           card.is_commerce_card AS is_commercial, card.bank_id, card.id AS card_id, card.name AS card_name
    FROM payments_card AS card
    CROSS JOIN payments_pos AS pos
    CROSS JOIN LATERAL (
        SELECT 1 AS installments
        UNION SELECT installment_count FROM payments_installment WHERE card_id = card.id AND is_active
    ) AS term
    WHERE card.id = ANY (%(cards)s) AND pos.id IN (%(source)s, %(target)s)
"""
_CHANGES = f"""
    WITH agreed AS (
        SELECT DISTINCT pos_id, card_id, card_name, installments, rate, fixed_amount
        FROM ({priced(_SALES)}) AS priced
    )
    SELECT installments, before.rate, before.fixed_amount, after.rate, after.fixed_amount,
           count(*), (array_agg(before.card_name ORDER BY before.card_name))[1:3]
    FROM agreed AS before JOIN agreed AS after USING (card_id, installments)
    WHERE before.pos_id = %(source)s AND after.pos_id = %(target)s
      AND (before.rate, before.fixed_amount) IS DISTINCT FROM (after.rate, after.fixed_amount)
    GROUP BY installments, before.rate, before.fixed_amount, after.rate, after.fixed_amount
    ORDER BY installments, count(*) DESC, before.rate, after.rate
"""  # noqa: S608 constants


def compare(source: POS, target: POS, cards: CardsByCurrency) -> list[CostChange]:
    """For `payments.move_costs`. One statement for each currency."""
    found = []
    with connection.cursor() as cursor:
        for currency, ids in cards.items():
            of_move = {"currency": currency, "cards": list(ids), "source": source.pk, "target": target.pk}
            cursor.execute(_CHANGES, parameters(currency, today()) | of_move)
            for installments, rate, fixed, new_rate, new_fixed, count, names in cursor.fetchall():
                before = None if rate is None else Commission(rate, fixed)
                after = None if new_rate is None else Commission(new_rate, new_fixed)
                found.append(CostChange(currency, installments, before, after, count, names))
    return found
