"""Prices sales by the commission plans, in SQL: the plan of each, its commission, and what is paid on which day.

A sale that is split keeps every minor unit: amounts are whole numbers of them until the end, and what does not divide
evenly goes to the first parts.
"""

from datetime import date
from typing import Any

from billing.agreed.calendar import closed_days
from config.kit.lib.money import currency_of, minor_unit

# Never without a value date where there is a plan: a capture is booked whatever people have entered as bank days.
# From the rows of {sales}: pos_id, currency, amount, installments, sold_on, card_type_id, card_payment_type,
# is_commercial, bank_id (of the card), and what else they have. The most specific plan counts; of equally specific
# ones that which names the installments, then the card type, and so on.
_PRICED = """
    SELECT sale.*, plan.id AS plan_id, plan.rate, plan.fixed_amount, plan.borne_by, part.number,
           (div(whole.gross, whole.parts) + (part.number <= mod(whole.gross, whole.parts))::int) * %(unit)s
               AS part_gross,
           (div(whole.commission, whole.parts) + (part.number <= mod(whole.commission, whole.parts))::int)
               * %(unit)s AS part_commission,
           CASE WHEN plan.id IS NOT NULL THEN coalesce(paid.value_date, due.earliest) END AS value_date
    FROM ({sales}) AS sale
    LEFT JOIN billing_acquiringagreement AS agreement ON agreement.pos_id = sale.pos_id
    LEFT JOIN LATERAL (
        SELECT * FROM billing_commissionplan AS plan
        WHERE plan.pos_id = sale.pos_id AND plan.currency = sale.currency
          AND plan.valid_from <= sale.sold_on AND coalesce(plan.valid_to >= sale.sold_on, true)
          AND coalesce(plan.card_type_id = sale.card_type_id, plan.card_type_id IS NULL)
          AND plan.card_payment_type IN ('', sale.card_payment_type)
          AND coalesce(plan.is_commercial = sale.is_commercial, plan.is_commercial IS NULL)
          AND coalesce(plan.is_own_bank = (agreement.bank_id = sale.bank_id), plan.is_own_bank IS NULL)
          AND coalesce(plan.installments = sale.installments, true)
        ORDER BY num_nonnulls(plan.card_type_id, nullif(plan.card_payment_type, ''), plan.is_commercial,
                              plan.is_own_bank, plan.installments) DESC,
                 plan.installments IS NULL, plan.card_type_id IS NULL, plan.card_payment_type = '',
                 plan.is_own_bank IS NULL, plan.id
        LIMIT 1
    ) AS plan ON true
    CROSS JOIN LATERAL (
        SELECT CASE plan.value_rule WHEN 'by_installment' THEN sale.installments ELSE 1 END AS parts,
               sale.amount * %(per_unit)s AS gross,
               round((sale.amount * plan.rate * 0.01 + plan.fixed_amount) * %(per_unit)s) AS commission
    ) AS whole
    CROSS JOIN LATERAL generate_series(1, whole.parts) AS part (number)
    CROSS JOIN LATERAL (
        SELECT sale.sold_on + CASE plan.value_rule WHEN 'fixed_days' THEN plan.value_days
                                                   WHEN 'next_working_day' THEN 1
                                                   WHEN 'by_installment' THEN plan.value_days * part.number END
               AS earliest
    ) AS due
    LEFT JOIN LATERAL (
        SELECT due.earliest + n AS value_date
        FROM generate_series(0, 30) AS n LEFT JOIN billing_bankday AS said ON said.day = due.earliest + n
        WHERE coalesce(said.is_working,
                       extract(isodow FROM due.earliest + n) < 6 AND due.earliest + n <> ALL (%(closed)s))
        ORDER BY n LIMIT 1
    ) AS paid ON true
"""


def priced(sales: str) -> str:
    """SQL of the parts of each row of the query `sales`, whose currency is that of `parameters`."""
    return _PRICED.format(sales=sales)


def parameters(currency: str, sold_on: date) -> dict[str, Any]:
    """What the query takes beside the parameters of `sales`."""
    return {
        "sold_on": sold_on,
        "unit": minor_unit(currency),
        "per_unit": currency_of(currency).sub_unit,
        "closed": closed_days(sold_on),
    }
