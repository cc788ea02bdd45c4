"""Cards that expire soon: who is told of, and once."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from billing import services
from billing.models import MethodEvent
from billing.services.card_expiries import count_expiring, record_expiries
from billing.tasks import close_method_events, record_expiring_cards
from tests.support.factories import PaymentMethodFactory

TODAY = date(2030, 5, 20)


@pytest.fixture
def methods(db, settings):
    """Expired yesterday's month, this month, next month, the month after, and never."""
    settings.EXPIRING_CARD_DAYS = 45
    months = [(4, 2030), (5, 2030), (6, 2030), (7, 2030)]
    cards = [PaymentMethodFactory(expiry_month=month, expiry_year=year) for month, year in months]
    off = PaymentMethodFactory(expiry_month=5, expiry_year=2030, is_active=False)
    wallet = PaymentMethodFactory(kind=9, masked_card="", expiry_month=None, expiry_year=None)
    return [*cards, off, wallet]


def told() -> list[tuple[int, str]]:
    events = MethodEvent.objects.filter(type="CARDEXPIRES", status="done").order_by("pk")
    return list(events.values_list("payment_method", "reference"))


def test_cards_that_expire_within_the_days_are_told_of_once(methods):
    assert count_expiring(TODAY) == 2
    assert record_expiries(TODAY) == 2
    assert told() == [(methods[1].pk, "2030-05-31"), (methods[2].pk, "2030-06-30")]
    assert record_expiries(TODAY) == 0
    assert record_expiries(TODAY + timedelta(days=30)) == 1
    assert told()[-1] == (methods[3].pk, "2030-07-31")


def test_a_card_with_a_new_expiry_is_told_of_again_when_it_is_time(methods):
    record_expiries(TODAY)
    services.payment_methods.update(methods[1], expiry_month=6)
    assert record_expiries(TODAY) == 1
    assert told()[-1] == (methods[1].pk, "2030-06-30")


def test_the_tasks_run(db, settings):
    settings.EXPIRING_CARD_DAYS = 400
    today = timezone.localdate()
    PaymentMethodFactory(expiry_month=today.month, expiry_year=today.year)
    record_expiring_cards(timestamp=0)
    close_method_events(timestamp=0)
    assert len(told()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_once():
    PaymentMethodFactory.create_batch(20, expiry_month=5, expiry_year=2030)
    barrier, counts = threading.Barrier(3), []

    def run():
        barrier.wait(10)
        counts.append(record_expiries(TODAY))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(counts) == MethodEvent.objects.count() == 20
