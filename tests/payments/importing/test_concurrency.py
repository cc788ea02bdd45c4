"""Two imports at the same time, on live connections."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from payments.importing import bin_numbers
from payments.importing.banks import import_banks
from payments.importing.bin_list import import_bin_list
from payments.importing.bin_numbers import import_bin_numbers
from payments.models import Bank, BinNumber, Card
from tests.support.factories import CardFactory, PosFactory
from tests.support.files import csv_file

pytestmark = pytest.mark.django_db(transaction=True)

BINS = [str(number) for number in range(100_000, 103_000)]


@pytest.fixture
def card(channel):
    return CardFactory(channel=channel)


def at_once(*calls) -> list[dict[str, int]]:
    """The counts of imports that start together, each on a connection of its own."""
    start = threading.Barrier(len(calls))

    def work(call):
        try:
            start.wait()
            with call() as report:
                return report.counts
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(work, calls))


def test_two_imports_of_the_same_bins_share_them(card):
    forwards, backwards = "\n".join(BINS), "\n".join(reversed(BINS))
    counts = at_once(
        lambda: import_bin_numbers(card=card, file=csv_file(forwards)),
        lambda: import_bin_numbers(card=card, file=csv_file(backwards)),
    )
    assert sum(count["created"] for count in counts) == BinNumber.objects.count() == len(BINS)
    assert sum(count["exists"] for count in counts) == len(BINS)


def test_a_bin_that_somebody_else_inserts_right_now_exists(card, monkeypatch):
    """Deterministic: the other one commits between our look and our insertion."""
    look = bin_numbers.find_known_bins

    def look_then_lose(cursor, parameters):
        look(cursor, parameters)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(insert_elsewhere).result()

    def insert_elsewhere():
        try:
            BinNumber.objects.create(bin_number="411979", card=card, channel=card.channel)
        finally:
            connection.close()

    monkeypatch.setattr(bin_numbers, "find_known_bins", look_then_lose)
    with import_bin_numbers(card=card, file=csv_file("411979\n552879\n")) as report:
        assert dict(report.statuses()) == {"411979": "exists", "552879": "created"}


def test_two_imports_of_the_same_banks_share_them(channel):
    text = "name,slug\n" + "".join(f"Bank {number},\n" for number in range(300))
    counts = at_once(*[lambda: import_banks(channel=channel, file=csv_file(text))] * 2)
    assert sorted(count["created"] for count in counts) == [0, 300]
    assert Bank.objects.filter(channel=channel).count() == 300


def test_two_imports_of_the_same_list_share_its_objects(channel):
    pos = PosFactory(channel=channel)
    text = "BIN;Network;Type;Category;Issuer\n" + "".join(
        f"{number};VISA;CREDIT;;BANK {number % 7}\n" for number in range(400_000, 400_500)
    )
    counts = at_once(*[lambda: import_bin_list(channel=channel, pos=pos, file=csv_file(text))] * 2)
    assert sorted(count["created"] for count in counts) == [0, 500]
    assert Card.objects.count() == 7
