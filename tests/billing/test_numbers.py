"""Numbers that are given and numbers that are assigned, also at the same time on live connections."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from billing import services
from billing.models import Bill, Subscription
from billing.services import numbers
from config.kit.lib.errors import UniqueSetsError
from tests.support.factories import AccountFactory, BillFactory, SubscriptionFactory

FIRST = 1_000_000_000


def add(subscription, **fields):
    return BillFactory(subscription=subscription, **fields)


@pytest.fixture
def subscription(channel):
    return SubscriptionFactory(account=AccountFactory(channel=channel))


def next_is(model, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(%s, %s, false)", [f"{model._meta.db_table}_number_seq", number])


def test_a_number_that_is_not_given_is_assigned(subscription):
    next_is(Bill, FIRST)
    assert [add(subscription).number for _ in range(3)] == [FIRST, FIRST + 1, FIRST + 2]


def test_numbers_begin_out_of_the_way_of_older_systems(subscription):
    assert subscription.number >= FIRST
    assert add(subscription).number >= FIRST


def test_assigned_numbers_go_around_given_ones(subscription):
    next_is(Bill, FIRST)
    for number in (FIRST, FIRST + 1, FIRST + 3):
        add(subscription, number=number)
    assert [add(subscription).number for _ in range(3)] == [FIRST + 2, FIRST + 4, FIRST + 5]


def test_the_largest_number_given_leaves_the_others_free(subscription):
    next_is(Bill, FIRST)
    add(subscription, number=2**31 - 1)
    SubscriptionFactory(account=subscription.account, number=2**63 - 1)
    assert add(subscription).number == FIRST
    assert SubscriptionFactory(account=subscription.account).number < 2**63 - 1


def test_a_long_run_of_given_numbers_is_passed_at_once(subscription, django_assert_max_num_queries):
    next_is(Bill, FIRST)
    Bill.objects.bulk_create(
        Bill(
            subscription=subscription, number=FIRST + n, amount=1, issued_on="2026-01-01", due_on="2026-01-01"
        )
        for n in range(1_000)
    )
    with django_assert_max_num_queries(16):
        assert add(subscription).number == FIRST + 1_000


def test_a_given_number_that_is_taken_is_refused(subscription):
    add(subscription, number=5)
    with pytest.raises(UniqueSetsError):
        add(subscription, number=5)


def test_an_object_whose_number_is_left_out_keeps_it(subscription):
    bill = add(subscription, number=5)
    assert services.bills.update(bill, number=None).number == 5
    bill.number = None
    assert services.bills.save(bill).number == 5


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def at_once(self, count, call) -> list:
        """What `call(number)` answers, or the error it raises, on connections of their own that start together."""
        start = threading.Barrier(count)

        def work(number):
            try:
                start.wait()
                return call(number)
            except UniqueSetsError as error:
                return error
            finally:
                connection.close()

        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(work, range(count)))

    def test_everybody_gets_a_number_of_their_own(self, subscription):
        found = self.at_once(8, lambda _: [add(subscription).number for _ in range(10)])
        taken = [number for numbers in found for number in numbers]
        assert len(set(taken)) == len(taken) == Bill.objects.count() == 80

    def test_given_and_assigned_numbers_meet(self, subscription):
        """Half of them give the very numbers that the sequence is about to hand out."""
        next_is(Bill, FIRST)

        def call(number):
            if number % 2:
                return [add(subscription, number=FIRST + number // 2 * 10 + n).number for n in range(10)]
            return [add(subscription).number for _ in range(10)]

        results = self.at_once(8, call)
        assigned = [results[place] for place in (0, 2, 4, 6)]
        assert all(isinstance(numbers, list) for numbers in assigned)  # who leaves it to us is never refused
        taken = Bill.objects.values_list("number", flat=True)
        assert len(set(taken)) == len(taken) >= 40

    def test_who_meets_an_uncommitted_number_gets_another(self, subscription, monkeypatch):
        """Deterministic: the number is given elsewhere between our look and our insertion."""
        next_is(Subscription, FIRST)
        look = numbers.next_number

        def look_then_lose(model):
            number = look(model)
            if number == FIRST:
                with ThreadPoolExecutor(1) as pool:
                    pool.submit(give_elsewhere, number).result()
            return number

        def give_elsewhere(number):
            try:
                SubscriptionFactory(account=subscription.account, number=number)
            finally:
                connection.close()

        monkeypatch.setattr(numbers, "next_number", look_then_lose)
        assert SubscriptionFactory(account=subscription.account).number == FIRST + 1

    def test_without_the_second_try_somebody_is_refused(self, subscription, monkeypatch):
        """The control: this is what the second try is for."""
        monkeypatch.setattr(numbers, "ATTEMPTS", 1)
        monkeypatch.setattr(numbers, "next_number", lambda model: FIRST)
        results = self.at_once(2, lambda _: add(subscription).number)
        assert sorted(type(result).__name__ for result in results) == ["UniqueSetsError", "int"]
