"""A BIN's card exists and is of the BIN's channel: raw SQL and live connections against the database's guard.

The guard (payments/migrations/0002) is no foreign key, so each promise of one is tested, races too.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from psycopg.errors import DatabaseError, FeatureNotSupported, ForeignKeyViolation, SerializationFailure

from payments.models import BinNumber, Card
from tests.support.factories import BinNumberFactory, CardFactory

pytestmark = pytest.mark.django_db(transaction=True)

GUARD = "payments_binnumber_card_in_channel"
COLUMNS = "bin_number, card_id, channel_id, created_date, modified_date"
ORPHANS = """
    SELECT count(*) FROM payments_binnumber AS bin
    WHERE NOT EXISTS (
        SELECT FROM payments_card AS card WHERE (card.id, card.channel_id) = (bin.card_id, bin.channel_id)
    )
"""


@pytest.fixture
def card(channel):
    return CardFactory(channel=channel)


@contextmanager
def live() -> Iterator[psycopg.Connection]:
    """A connection of its own, in a transaction; what is not committed is rolled back."""
    parameters = {
        key: value
        for key, value in connection.get_connection_params().items()
        if key in ("dbname", "host", "port", "user", "password")
    }
    other = psycopg.connect(**parameters)
    try:
        yield other
    finally:
        other.close()


@pytest.fixture
def ann():
    with live() as other:
        yield other


@pytest.fixture
def bob():
    with live() as other:
        yield other


def orphans() -> int:
    with connection.cursor() as cursor:
        cursor.execute(ORPHANS)
        return cursor.fetchone()[0]


def insert(who: psycopg.Connection, card_id: int, channel_id: int, number: str = "411979") -> None:
    who.execute(
        f"INSERT INTO payments_binnumber ({COLUMNS}) VALUES (%s, %s, %s, now(), now())",
        [number, card_id, channel_id],
    )


def insert_two(who: psycopg.Connection, card_id: int, channel_id: int) -> None:
    """A good row before the one in question."""
    who.execute(
        f"INSERT INTO payments_binnumber ({COLUMNS}) "
        "SELECT '510151', id, channel_id, now(), now() FROM payments_card WHERE id <> %s "
        "UNION ALL SELECT '411979', %s, %s, now(), now()",
        [card_id, card_id, channel_id],
    )


def upsert(who: psycopg.Connection, card_id: int, channel_id: int) -> None:
    who.execute(
        f"INSERT INTO payments_binnumber ({COLUMNS}) "
        "SELECT bin_number, card_id, channel_id, now(), now() FROM payments_binnumber "
        "ON CONFLICT (bin_number, channel_id) DO UPDATE SET card_id = %s, channel_id = %s",
        [card_id, channel_id],
    )


def merge(who: psycopg.Connection, card_id: int, channel_id: int) -> None:
    who.execute(
        "MERGE INTO payments_binnumber AS bin USING (SELECT 1) AS one ON bin.bin_number = '411979' "
        f"WHEN NOT MATCHED THEN INSERT ({COLUMNS}) VALUES ('411979', %s, %s, now(), now())",
        [card_id, channel_id],
    )


def copy(who: psycopg.Connection, card_id: int, channel_id: int) -> None:
    with who.cursor().copy(f"COPY payments_binnumber ({COLUMNS}) FROM STDIN") as rows:
        rows.write_row(("411979", card_id, channel_id, "now", "now"))


def move(who: psycopg.Connection, card_id: int, channel_id: int) -> None:
    """Needs a BIN to be there."""
    who.execute("UPDATE payments_binnumber SET card_id = %s, channel_id = %s", [card_id, channel_id])


def delete(who: psycopg.Connection, card_id: int) -> None:
    who.execute("DELETE FROM payments_card WHERE id = %s", [card_id])


def renumber(who: psycopg.Connection, card_id: int) -> None:
    who.execute("UPDATE payments_card SET id = id + 1000000 WHERE id = %s", [card_id])


def truncate(who: psycopg.Connection, card_id: int) -> None:
    """CASCADE reaches what foreign keys point from; BINs stay."""
    who.execute("TRUNCATE payments_card CASCADE")


WRITERS = [insert, insert_two, copy, move, upsert, merge]
REMOVERS = [delete, renumber]


@contextmanager
def blocked(who: psycopg.Connection, act: Callable[[], None]) -> Iterator[Future[None]]:
    """`act` of connection `who` in a thread, as soon as it waits for somebody's lock."""
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(act)
        end = time.monotonic() + 10
        while time.monotonic() < end and not running.done():
            with connection.cursor() as cursor:
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s))", [who.info.backend_pid])
                if cursor.fetchone()[0]:
                    break
            time.sleep(0.01)
        assert not running.done(), "it should wait for the other connection"
        yield running


@pytest.mark.parametrize("write", WRITERS)
def test_a_bin_of_no_card_is_refused(write, card, ann):
    BinNumberFactory(bin_number="450634", card=card)
    with pytest.raises(ForeignKeyViolation) as caught:
        write(ann, card.pk + 1, card.channel_id)
    assert (caught.value.diag.constraint_name, caught.value.diag.table_name) == (GUARD, "payments_binnumber")


@pytest.mark.parametrize("write", [insert, insert_two, copy, merge])
def test_a_bin_of_another_channel_than_its_card_is_refused(write, card, ann):
    other = CardFactory()
    with pytest.raises(ForeignKeyViolation) as caught:
        write(ann, card.pk, other.channel_id)
    assert caught.value.diag.constraint_name == GUARD


@pytest.mark.parametrize("write", [move, upsert])
def test_a_bin_cannot_move_to_a_card_of_another_channel(write, card, ann):
    BinNumberFactory(bin_number="450634", card=card)
    with pytest.raises(ForeignKeyViolation):
        write(ann, CardFactory().pk, card.channel_id)


@pytest.mark.parametrize("write", WRITERS)
def test_a_bin_of_a_card_of_its_channel_is_taken(write, card, ann):
    if write in (move, upsert):
        BinNumberFactory(bin_number="411979", card=CardFactory(channel=card.channel))
    write(ann, card.pk, card.channel_id)
    ann.commit()
    assert BinNumber.objects.get(bin_number="411979").card_id == card.pk


@pytest.mark.parametrize("remove", [*REMOVERS, truncate])
def test_a_card_with_bins_stays(remove, card, ann):
    BinNumberFactory(card=card)
    with pytest.raises(ForeignKeyViolation) as caught:
        remove(ann, card.pk)
    assert caught.value.diag.constraint_name == GUARD


def test_a_card_with_bins_stays_in_its_channel(card, ann):
    """Also where the trigger that fixes the channel is off."""
    BinNumberFactory(card=card)
    other = CardFactory()
    ours = "tgrelid = 'payments_card'::regclass AND tgname LIKE 'pgtrigger%'"
    for (name,) in ann.execute(f"SELECT tgname FROM pg_trigger WHERE {ours}").fetchall():
        ann.execute(f"ALTER TABLE payments_card DISABLE TRIGGER {name}")
    with pytest.raises(ForeignKeyViolation) as caught:
        ann.execute(
            "UPDATE payments_card SET channel_id = %s, bank_id = %s, card_type_id = %s, cash_payment_id = %s, "
            "installment_payment_id = %s, three_d_payment_id = NULL, slug = 'moved', "
            "card_payment_type = 'debit' WHERE id = %s",
            [other.channel_id, other.bank_id, other.card_type_id, *[other.cash_payment_id] * 2, card.pk],
        )
    assert caught.value.diag.constraint_name == GUARD


@pytest.mark.parametrize("remove", [*REMOVERS, truncate])
def test_a_card_without_bins_goes(remove, card, ann):
    remove(ann, card.pk)
    ann.commit()
    assert not Card.objects.filter(pk=card.pk).exists()


def test_a_card_goes_together_with_its_bins(card, ann):
    BinNumberFactory(card=card)
    ann.execute(
        "WITH gone AS (DELETE FROM payments_binnumber RETURNING card_id) "
        "DELETE FROM payments_card WHERE id IN (SELECT %s::bigint)",
        [card.pk],
    )
    ann.commit()
    assert not BinNumber.objects.exists()
    assert not Card.objects.exists()


@pytest.mark.parametrize("remove", [*REMOVERS, truncate])
@pytest.mark.parametrize("write", WRITERS)
def test_a_card_waits_for_a_bin_that_comes(write, remove, card, ann, bob):
    BinNumberFactory(bin_number="450634", card=CardFactory(channel=card.channel))
    write(ann, card.pk, card.channel_id)
    with blocked(bob, lambda: remove(bob, card.pk)) as removing:
        ann.commit()
    with pytest.raises(ForeignKeyViolation):
        removing.result()
    assert not orphans()


@pytest.mark.parametrize("remove", REMOVERS)
def test_a_card_goes_where_the_bin_did_not_come(remove, card, ann, bob):
    insert(ann, card.pk, card.channel_id)
    with blocked(bob, lambda: remove(bob, card.pk)) as removing:
        ann.rollback()
    removing.result()


@pytest.mark.parametrize("remove", REMOVERS)
@pytest.mark.parametrize("write", WRITERS)
def test_a_bin_waits_for_a_card_that_goes(write, remove, card, ann, bob):
    BinNumberFactory(bin_number="450634", card=CardFactory(channel=card.channel))
    remove(bob, card.pk)
    with blocked(ann, lambda: write(ann, card.pk, card.channel_id)) as writing:
        bob.commit()
    with pytest.raises(ForeignKeyViolation):
        writing.result()
    assert not orphans()


def test_a_bin_comes_where_the_card_did_not_go(card, ann, bob):
    delete(bob, card.pk)
    with blocked(ann, lambda: insert(ann, card.pk, card.channel_id)) as writing:
        bob.rollback()
    writing.result()


def test_other_changes_of_a_card_do_not_wait(card, ann, bob):
    insert(ann, card.pk, card.channel_id)
    bob.execute("UPDATE payments_card SET name = 'Other' WHERE id = %s", [card.pk])
    insert(bob, card.pk, card.channel_id, "450634")


@pytest.mark.parametrize(
    "level", [psycopg.IsolationLevel.REPEATABLE_READ, psycopg.IsolationLevel.SERIALIZABLE]
)
@pytest.mark.parametrize("remove", [*REMOVERS, truncate])
def test_a_card_does_not_go_by_an_old_view_of_the_bins(remove, level, card, ann, bob):
    bob.isolation_level = level
    bob.execute("SELECT count(*) FROM payments_binnumber")
    insert(ann, card.pk, card.channel_id)
    ann.commit()
    with pytest.raises((ForeignKeyViolation, FeatureNotSupported)):
        remove(bob, card.pk)


def test_a_bin_does_not_come_by_an_old_view_of_the_cards(card, ann, bob):
    ann.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    ann.execute("SELECT count(*) FROM payments_card")
    delete(bob, card.pk)
    bob.commit()
    with pytest.raises((ForeignKeyViolation, SerializationFailure)):
        insert(ann, card.pk, card.channel_id)


def hammer(card: Card) -> None:
    """BINs come while their cards go, each pair at one moment."""
    cards = [CardFactory(channel=card.channel, bank=card.bank).pk for _ in range(60)]
    start = threading.Barrier(2)

    def each(act: Callable[[psycopg.Connection, int], None]) -> None:
        with live() as who:
            for card_id in cards:
                start.wait()
                try:
                    act(who, card_id)
                    who.commit()
                except DatabaseError:
                    who.rollback()

    with ThreadPoolExecutor(2) as pool:
        inserting = pool.submit(
            each, lambda who, pk: insert(who, pk, card.channel_id, f"{10**7 + pk % 10**6}")
        )
        deleting = pool.submit(each, delete)
        inserting.result()
        deleting.result()


def test_no_orphan_comes_of_many_races(card):
    hammer(card)
    assert not orphans()
    assert BinNumber.objects.count() + 1 + 60 - Card.objects.count() == 60


def test_control_without_the_guard_the_races_leave_orphans(card, ann):
    guarded = ["payments_binnumber", "payments_card"]
    for table in guarded:
        ann.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    ann.commit()
    try:
        hammer(card)
        assert orphans() > 0
    finally:
        for table in guarded:
            ann.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
        ann.execute("DELETE FROM payments_binnumber")
        ann.commit()
