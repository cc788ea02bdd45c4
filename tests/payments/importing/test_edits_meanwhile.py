"""Editing what an import refers to, while it has not committed: nobody waits for a million rows."""

import pytest
from django.db import connection

from billing.importing.bills import import_bills
from billing.services import accounts
from payments.importing.bin_numbers import import_bin_numbers
from payments.services import cards, channels
from tests.support.factories import AccountFactory, CardFactory, SubscriptionFactory
from tests.support.files import csv_file
from tests.support.threads import outcome_elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(edit):
    """Outcome of an edit that may wait for a lock no longer than a second."""

    def work():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        try:
            edit()
        finally:
            connection.close()

    return outcome_elsewhere(work)


def test_card_and_channel_of_an_import_of_bins_are_edited(channel):
    card, ended = CardFactory(channel=channel), []

    def edit(done, total, stage):
        if stage == "reporting":
            ended.append(at_once(lambda: cards.update(card, name="Renamed")))
            ended.append(at_once(lambda: channels.update(channel, name="Renamed")))

    with import_bin_numbers(card=card, file=csv_file("411979\n552879\n"), progress=edit):
        assert ended == [None, None]
    card.refresh_from_db()
    channel.refresh_from_db()
    assert [card.name, channel.name] == ["Renamed", "Renamed"]


def test_the_account_of_an_import_of_bills_is_edited(channel):
    account, ended = AccountFactory(channel=channel), []
    subscription = SubscriptionFactory(account=account)
    rows = (
        f"number,subscription,amount,issued_on,due_on\n70001,{subscription.number},10,2026-01-01,2026-02-01\n"
    )

    def edit(done, total, stage):
        if stage == "reporting":
            ended.append(at_once(lambda: accounts.update(account, name="Renamed")))

    with import_bills(file=csv_file(rows), progress=edit) as report:
        assert (report.counts["created"], ended) == (1, [None])
