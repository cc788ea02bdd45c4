"""What a bank is expected to pay: the right plan, to the minor unit, on a day on which banks pay, for ever."""

from datetime import date, timedelta
from decimal import Decimal

import moneyed
import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from billing import services
from billing.agreed.cost import find_costs
from billing.agreed.terms import parameters, priced
from billing.models import BankDay, CommissionPlan, ExpectedPayout
from billing.states import PaymentState
from config.kit.lib.days import today
from config.kit.lib.errors import InvalidValueError
from config.kit.lib.money import fits_currency, minor_unit
from tests.billing.statements.world import agree, plan_for
from tests.support.factories import BankFactory, CardTypeFactory, PosFactory


def rows(payment) -> list[tuple]:
    found = ExpectedPayout.objects.filter(payment=payment)
    return list(found.values_list("number", "gross", "commission", "net"))


def test_a_capture_promises_gross_commission_and_net(shop):
    plan = plan_for(shop.pos, rate="1.79", fixed_amount="0.25")
    payment = shop.charge().payment
    # 215.40 × 1.79 % = 3.85566, and 0.25
    assert rows(payment) == [(1, Decimal("215.40"), Decimal("4.11"), Decimal("211.29"))]
    assert ExpectedPayout.objects.get().plan == plan
    assert ExpectedPayout.objects.get().sold_on == today()


def test_installments_are_paid_one_after_the_other(shop):
    plan_for(shop.pos, rate="3", value_rule="by_installment", value_days=30)
    payment = shop.charge(installments=3).payment
    assert payment.amount == Decimal("219.71")
    assert rows(payment) == [
        (1, Decimal("73.24"), Decimal("2.20"), Decimal("71.04")),
        (2, Decimal("73.24"), Decimal("2.20"), Decimal("71.04")),
        (3, Decimal("73.23"), Decimal("2.19"), Decimal("71.04")),
    ]
    dates = ExpectedPayout.objects.values_list("value_date", flat=True).order_by("number")
    assert all((later - today()).days >= 30 * n for n, later in enumerate(dates, 1))


def test_without_a_plan_only_the_gross_amount_is_known(shop):
    payment = shop.charge().payment
    assert rows(payment) == [(1, Decimal("215.40"), None, None)]


def test_what_is_not_captured_promises_nothing(shop):
    assert shop.charge("4111111111111012").payment.state == PaymentState.DECLINED
    assert not ExpectedPayout.objects.exists()


def test_a_plan_that_changes_changes_no_promise(shop):
    plan = plan_for(shop.pos, rate="2")
    before = rows(shop.charge().payment)
    services.commission_plans.update(plan, rate=Decimal(9))
    assert [row[1:] for row in before] == [(Decimal("215.40"), Decimal("4.31"), Decimal("211.09"))]
    assert rows(ExpectedPayout.objects.get().payment) == before


@pytest.mark.parametrize("sql", ["UPDATE {} SET gross = 1", "DELETE FROM {}"])
def test_nobody_changes_a_promise(shop, sql):
    shop.charge()
    with pytest.raises((InternalError, ProgrammingError)), connection.cursor() as cursor:
        cursor.execute(sql.format("billing_expectedpayout"))


def test_a_promise_that_is_not_what_was_captured_is_refused_at_the_commit(shop):
    payment = shop.charge("4111111111111012").payment
    promise = ExpectedPayout(
        payment=payment, pos=shop.pos, number=1, gross=5, currency="TRY", sold_on=today()
    )
    with pytest.raises(IntegrityError, match="add up"):
        promise.save()  # a transaction of its own


def test_whatever_people_entered_the_money_is_booked(shop):
    """No bank works for weeks, and the plan takes more than the sale brings: the capture is ours all the same."""
    plan_for(shop.pos, rate="100", fixed_amount="999999")
    BankDay.objects.bulk_create(
        BankDay(day=today() + timedelta(days=n), is_working=False, name="closed") for n in range(60)
    )
    payment = shop.charge().payment
    assert payment.state == PaymentState.CAPTURED
    promise = ExpectedPayout.objects.get(payment=payment)
    assert promise.net == promise.gross - promise.commission < 0
    assert promise.value_date == today() + timedelta(days=1)


def test_the_plan_that_names_most_counts(shop):
    card = shop.charge().payment.card
    plan_for(shop.pos, rate="5")
    plan_for(shop.pos, rate="4", card_payment_type="credit")
    plan_for(shop.pos, rate="3", card_type=card.card_type, installments=1)
    plan_for(shop.pos, rate="2", card_type=card.card_type, installments=3)
    plan_for(shop.pos, rate="1", card_payment_type="debit", installments=1, is_commercial=True)

    def rate(**sale):
        sale = {"bin": "411111", "currency": "TRY", "amount": Decimal(100), **sale}
        return find_costs(channel=shop.channel, **sale)[0].rate

    assert (rate(), rate(installments=3), rate(installments=6)) == (3, 2, 4)


def test_the_banks_own_cards_have_their_own_price(shop):
    card = shop.charge().payment.card
    plan_for(shop.pos, rate="2", is_own_bank=False)
    plan_for(shop.pos, rate="1", is_own_bank=True)
    sale = {"channel": shop.channel, "bin": "411111", "currency": "TRY", "amount": Decimal(100)}
    assert find_costs(**sale) == []  # whose POS it is, is not known
    agreement = agree(shop.pos, bank=card.bank)
    assert [cost.rate for cost in find_costs(**sale)] == [1]
    services.acquiring_agreements.update(agreement, bank=BankFactory(channel=shop.channel))
    assert [cost.rate for cost in find_costs(**sale)] == [2]


def test_the_cheapest_pos_comes_first(shop):
    plan_for(shop.pos, rate="2")
    other = PosFactory(channel=shop.channel)
    plan_for(other, rate="1.5", borne_by="payer")
    PosFactory(channel=shop.channel)
    costs = find_costs(channel=shop.channel, bin="411111", currency="TRY", amount=Decimal("100.01"))
    assert [(cost.pos, cost.commission, cost.net) for cost in costs] == [
        (other, Decimal("1.50"), Decimal("98.51")),
        (shop.pos, Decimal("2.00"), Decimal("98.01")),
    ]


@pytest.mark.parametrize(
    ("sold_on", "rule", "days", "value_date"),
    [
        (date(2026, 11, 20), "next_working_day", 0, date(2026, 11, 23)),  # a Friday
        (date(2026, 10, 28), "next_working_day", 0, date(2026, 10, 30)),  # Republic Day between
        (date(2026, 10, 27), "next_working_day", 0, date(2026, 10, 28)),  # its eve: half a day
        (date(2026, 5, 25), "fixed_days", 1, date(2026, 6, 1)),  # the eve is closed by the table
        (date(2026, 11, 20), "fixed_days", 0, date(2026, 11, 20)),
        (date(2026, 12, 2), "by_installment", 30, date(2027, 1, 4)),  # 1 January is a Friday
        (date(2026, 7, 31), "fixed_days", 30, date(2026, 8, 31)),  # 30 August is a Sunday, too
        (date(2026, 11, 27), "next_working_day", 0, date(2026, 11, 28)),  # a Saturday that the table opens
    ],
    ids=str,
)
def test_banks_pay_on_days_on_which_they_pay(shop, sold_on, rule, days, value_date):
    BankDay.objects.create(day=date(2026, 5, 26), is_working=False, name="Arife")
    BankDay.objects.create(day=date(2026, 11, 28), is_working=True, name="Ek iş günü")
    plan_for(shop.pos, valid_from=date(2026, 1, 1), value_rule=rule, value_days=days)
    assert price(shop.pos, sold_on=sold_on)[0][4] == value_date


def price(pos, *, currency="TRY", amount="100", installments=1, sold_on=None) -> list[tuple]:
    sale = (
        "SELECT %(pos)s::bigint AS pos_id, %(currency)s AS currency, %(amount)s::numeric AS amount, "
        "%(installments)s::int AS installments, %(sold_on)s::date AS sold_on, NULL::bigint AS card_type_id, "
        "''::text AS card_payment_type, NULL::boolean AS is_commercial, NULL::bigint AS bank_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, part_gross, part_commission, part_gross - part_commission, value_date "
            f"FROM ({priced(sale)}) AS parts ORDER BY number",
            {
                "pos": pos.pk, "currency": currency, "amount": amount, "installments": installments,
                **parameters(currency, sold_on or today()),
            },
        )  # fmt: skip
        return cursor.fetchall()


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    currency=st.sampled_from(sorted(moneyed.CURRENCIES)),
    units=st.integers(min_value=1, max_value=10**13),
    rate=st.decimals(min_value=0, max_value=100, places=4),
    count=st.integers(min_value=1, max_value=36),
    fixed=st.integers(min_value=0, max_value=1000),
)
def test_parts_add_up_for_every_currency_rate_and_count(currency, units, rate, count, fixed):
    unit = minor_unit(currency)
    with transaction.atomic():
        pos = PosFactory()
        CommissionPlan.objects.create(
            pos=pos, currency=currency, valid_from=date(2026, 1, 1), rate=rate, fixed_amount=fixed * unit,
            value_rule="by_installment", value_days=30,
        )  # fmt: skip
        parts = price(pos, currency=currency, amount=units * unit, installments=count)
        transaction.set_rollback(True)
    assert len(parts) == count
    gross, commission = (sum(part[place] for part in parts) for place in (1, 2))
    assert gross == units * unit
    exact = units * unit * rate / 100 + fixed * unit
    assert abs(commission - exact) <= unit / 2
    assert all(fits_currency(value, currency) for part in parts for value in part[1:4])
    assert all(max(values) - min(values) <= unit for values in ([p[1] for p in parts], [p[2] for p in parts]))


def test_two_plans_for_the_same_sales_at_one_time_are_refused(shop):
    plan_for(shop.pos, valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 30), installments=3)
    plan_for(shop.pos, valid_from=date(2026, 7, 1), installments=3)
    plan_for(shop.pos, valid_from=date(2026, 1, 1), installments=2)
    with pytest.raises(InvalidValueError):
        plan_for(shop.pos, valid_from=date(2026, 6, 30), installments=3)
    with pytest.raises(IntegrityError):
        CommissionPlan.objects.create(
            pos=shop.pos, valid_from=date(2026, 6, 30), valid_to=date(2026, 6, 30), rate=1, installments=3
        )


def test_a_plan_names_its_own_channels_things(shop):
    with pytest.raises(InvalidValueError):
        plan_for(shop.pos, card_type=CardTypeFactory())
    with pytest.raises(InvalidValueError):
        plan_for(shop.pos, fixed_amount="0.001")
    with pytest.raises(InvalidValueError):
        agree(shop.pos, bank=BankFactory())
