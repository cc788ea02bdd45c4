"""Two imports at the same time, on live connections."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from config.kit.importing.errors import ImportRunningError
from payments.importing import bin_numbers
from payments.importing.banks import import_banks
from payments.importing.bin_list import import_bin_list
from payments.importing.bin_numbers import import_bin_numbers
from payments.models import BinNumber
from tests.support.factories import CardFactory, ChannelFactory, PosFactory
from tests.support.files import csv_file
from tests.support.threads import outcome_elsewhere

pytestmark = pytest.mark.django_db(transaction=True)

BINS = [str(number) for number in range(100_000, 103_000)]


@pytest.fixture
def card(channel):
    return CardFactory(channel=channel)


def bins(card, progress=None):
    return import_bin_numbers(card=card, file=csv_file("\n".join(BINS)), progress=progress)


def banks(card, progress=None):
    text = "name,slug\n" + "".join(f"Bank {number},\n" for number in range(300))
    return import_banks(channel=card.channel, file=csv_file(text), progress=progress)


def bin_list(card, progress=None):
    text = "BIN;Network;Type;Category;Issuer\n" + "".join(
        f"{number};VISA;CREDIT;;BANK {number % 7}\n" for number in range(400_000, 400_500)
    )
    pos = PosFactory(channel=card.channel)
    return import_bin_list(channel=card.channel, pos=pos, file=csv_file(text), progress=progress)


@pytest.mark.parametrize("load", [bins, banks, bin_list])
def test_a_second_one_of_its_kind_is_refused_at_once(card, load):
    refused = []

    def try_another(done, total, stage):
        if stage == "saving":
            refused.append(outcome_elsewhere(lambda: load(card)))

    with load(card, try_another) as report:
        assert report.counts["created"] > 0
    assert [type(error) for error in refused] == [ImportRunningError]
    with load(card) as again:  # and afterwards it is done
        assert again.counts["created"] == 0


def test_other_kinds_and_channels_do_not_wait(card):
    other, ended = CardFactory(channel=ChannelFactory()), []

    def try_others(done, total, stage):
        if stage == "saving":
            ended.append(outcome_elsewhere(lambda: bins(other)))
            ended.append(outcome_elsewhere(lambda: banks(card)))

    with bins(card, try_others):
        assert ended == [None, None]
    assert BinNumber.objects.count() == 2 * len(BINS)


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
