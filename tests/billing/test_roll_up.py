"""The sums of the dashboard follow the payments."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from billing.models import DayOutcomes, HourTakings, Payment, RollUp
from billing.services.refund import refund_payment
from billing.services.roll_up import FIRST_DAYS, roll_up
from config.kit.lib.days import day_of, start_of, today

REFUSED = "4111111111111012"


def outcomes() -> dict[str, tuple[int, Decimal]]:
    rows = DayOutcomes.objects.values("state").annotate(n=Sum("count"), money=Sum("amount"))
    return {row["state"]: (row["n"], row["money"]) for row in rows}


def set_columns(payment: Payment, **columns) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        Payment.objects.filter(pk=payment.pk).update(**columns)
        cursor.execute("SET session_replication_role = origin")


def test_takings_and_outcomes_are_summed(shop):
    payment = shop.charge().payment
    roll_up()
    hour = HourTakings.objects.get()
    assert (hour.count, hour.amount, hour.currency) == (1, Decimal("215.40"), "TRY")
    assert hour.hour == payment.created_date.replace(minute=0, second=0, microsecond=0)
    day = DayOutcomes.objects.get()
    assert (day.day, day.state, day.pos, day.count) == (day_of(payment.created_date), "captured", shop.pos, 1)
    assert day.card == payment.card


def test_a_second_run_counts_nothing_twice(shop):
    shop.charge()
    roll_up()
    roll_up()
    assert outcomes() == {"captured": (1, Decimal("215.40"))}
    assert HourTakings.objects.get().amount == Decimal("215.40")


def test_a_payment_that_changes_its_state_moves(shop):
    refused = shop.charge(REFUSED).payment
    roll_up()
    assert outcomes() == {"declined": (1, Decimal(0))}
    assert DayOutcomes.objects.get().reason == refused.reason != ""
    paid = shop.charge().payment
    refund_payment(paid, amount=Decimal("100"), reason="The customer called", user_id=None)
    roll_up()
    assert outcomes() == {"declined": (1, Decimal(0)), "partially_refunded": (1, Decimal("215.40"))}


def test_what_was_voided_was_not_taken(shop):
    payment = shop.charge().payment
    set_columns(payment, state="voided", modified_date=timezone.now())
    roll_up()
    assert outcomes() == {"voided": (1, Decimal(0))}
    assert not HourTakings.objects.exists()


def test_an_old_day_is_summed_again_when_its_payment_changes(shop):
    payment = shop.charge().payment
    roll_up()
    old = timezone.now() - timedelta(days=90)
    set_columns(payment, created_date=old, modified_date=timezone.now())
    roll_up()
    assert day_of(old) in set(DayOutcomes.objects.values_list("day", flat=True))


@pytest.mark.parametrize(("ago", "expected"), [(FIRST_DAYS, 1), (FIRST_DAYS + 1, 0)])
def test_the_first_run_goes_back_some_weeks(shop, ago, expected):
    moment = start_of(today() - timedelta(days=ago)) + timedelta(hours=1)
    set_columns(shop.charge().payment, created_date=moment, modified_date=moment)
    roll_up()
    assert DayOutcomes.objects.count() == HourTakings.objects.count() == expected


def test_days_are_local(shop):
    """Half past midnight in Istanbul is the evening before in UTC."""
    moment = start_of(today()) + timedelta(minutes=30)
    set_columns(shop.charge().payment, created_date=moment, modified_date=timezone.now())
    roll_up()
    assert DayOutcomes.objects.get().day == today()
    assert HourTakings.objects.get().hour == start_of(today())


def test_it_is_known_until_when(shop):
    before = timezone.now()
    roll_up()
    until = RollUp.objects.get().until
    assert until is not None
    assert before <= until <= timezone.now()


def test_a_commit_that_comes_late_is_not_missed(shop):
    """Its `modified_date` is before the last run, which could not see it."""
    payment = shop.charge().payment
    set_columns(payment, modified_date=timezone.now() - timedelta(minutes=5))
    RollUp.objects.create(pk=1, until=timezone.now())
    roll_up()
    assert outcomes() == {"captured": (1, Decimal("215.40"))}
