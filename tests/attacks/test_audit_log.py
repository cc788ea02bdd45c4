"""The audit log, and who would like it to say something else: the program's role, and the owner of the database."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from minio import Minio
from moto.server import ThreadedMotoServer

from config.kit.audit import seals
from config.kit.audit.anchors import anchored_seals, read_bucket
from config.kit.audit.log import record
from config.kit.audit.models import Action, Day, Entry, Seal
from config.kit.audit.verify import BrokenError, verify
from tests.support.database import transaction_as_replica

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def anchor(settings, tmp_path) -> Path:
    settings.AUDIT_ANCHOR_FILE = tmp_path / "seals.jsonl"
    return settings.AUDIT_ANCHOR_FILE


@pytest.fixture
def bucket(settings) -> Iterator[Minio]:
    """Of a server that speaks S3 (moto's), over a socket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings.AUDIT_ANCHOR_S3 = f"http://key:a%2Fsecret@{host}:{port}/seals/payments"
    client = read_bucket(settings.AUDIT_ANCHOR_S3).client
    client.make_bucket(bucket_name="seals")
    yield client
    server.stop()


@pytest.fixture
def log() -> list[Entry]:
    """Two days of ten entries each."""
    for number in range(20):
        with transaction.atomic():
            record(Action.CHANGED, name=f"object {number}", before={"n": number}, after={"n": number + 1})
        if number == 9:
            _yesterday()
    return list(Entry.objects.order_by("pk"))


def _yesterday() -> None:
    """What has been written was written the day before: as if it had been, hashes and all."""
    owner(
        "UPDATE audit_day SET day = day - 1",
        "UPDATE audit_entry SET day = day - 1",
    )
    chain_anew()


def owner(*statements: str, **values) -> None:
    """Whoever owns the database needs no trigger's leave."""
    with transaction_as_replica(connection) as cursor:
        for statement in statements:
            cursor.execute(statement, values or None)


def chain_anew() -> None:
    """All hashes, as the database's own functions would make them: the owner can do that, too."""
    owner(
        """
        DO $$
        DECLARE each record; head bytea := ''; made bytea; last date; place bigint := 0;
        BEGIN
            UPDATE audit_entry SET number = -id;
            FOR each IN SELECT * FROM audit_entry ORDER BY day, id LOOP
                IF last IS DISTINCT FROM each.day THEN
                    UPDATE audit_day SET previous = head WHERE day = each.day;
                    last := each.day; place := 0;
                END IF;
                place := place + 1;
                UPDATE audit_entry AS entry SET number = place WHERE id = each.id;
                UPDATE audit_entry AS entry SET hash = sha256(head || convert_to(jsonb_build_array(
                    day, number, id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), actor_kind, actor,
                    actor_id, host(address), request_id, action, object_type, object_id, object_name, before, after,
                    reason)::text, 'UTF8'))
                WHERE id = each.id RETURNING hash INTO made;
                head := made;
                UPDATE audit_day SET hash = made, count = place WHERE day = each.day;
            END LOOP;
        END $$
        """
    )


def test_an_honest_log_is_verified(log):
    assert seals.seal() is not None
    assert seals.seal() is None  # nothing new
    seen = verify()
    assert (seen.entries, seen.days, seen.seals) == (20, 2, 2)  # stored, and anchored


def test_an_empty_one_too():
    assert verify().entries == 0


EDITS = {
    "actor": "UPDATE audit_entry SET actor = 'somebody else' WHERE id = %(id)s",
    "before": "UPDATE audit_entry SET before = '{}' WHERE id = %(id)s",
    "time": "UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE id = %(id)s",
    "nothing to null": "UPDATE audit_entry SET after = NULL WHERE id = %(id)s",
    "hash": "UPDATE audit_entry SET hash = sha256(hash) WHERE id = %(id)s",
}


@pytest.mark.parametrize("place", [0, 5, 9, 10, 19], ids=lambda place: f"entry {place}")
@pytest.mark.parametrize("statement", EDITS.values(), ids=EDITS)
def test_an_edited_row_is_named(log, statement, place):
    owner(statement, id=log[place].pk)
    with pytest.raises(BrokenError, match=f"Entry {log[place].pk} "):
        verify()


@pytest.mark.parametrize("place", [0, 5, 9, 10, 19], ids=lambda place: f"entry {place}")
def test_a_deleted_row_is_missed(log, place):
    owner("DELETE FROM audit_entry WHERE id = %(id)s", id=log[place].pk)
    with pytest.raises(BrokenError):
        verify()


def test_a_row_deleted_at_the_end_with_its_head_is_missed(log):
    """Consistent in itself; the seal knows better."""
    seals.seal()
    owner(
        "DELETE FROM audit_entry WHERE id = %(id)s",
        "UPDATE audit_day SET count = 9, hash = (SELECT hash FROM audit_entry WHERE number = 9 "
        "AND audit_entry.day = audit_day.day) WHERE day = (SELECT max(day) FROM audit_day)",
        id=log[-1].pk,
    )
    with pytest.raises(BrokenError, match="was sealed at entry 10"):
        verify()


def test_reordered_rows_are_found(log):
    first, second = log[3].pk, log[4].pk
    owner(
        f"UPDATE audit_entry SET number = 100 WHERE id = {first}",
        f"UPDATE audit_entry SET number = 4 WHERE id = {second}",
        f"UPDATE audit_entry SET number = 5 WHERE id = {first}",
    )
    with pytest.raises(BrokenError, match=f"Entry {second} "):
        verify()


def test_a_row_slipped_in_is_found(log):
    """With the triggers off it has no place in the chain."""
    owner(
        "INSERT INTO audit_entry (at, actor_kind, actor, request_id, action, object_type, object_id, object_name, "
        "reason) SELECT at, actor_kind, 'mallory', request_id, action, object_type, object_id, object_name, reason "
        "FROM audit_entry LIMIT 1"
    )
    with pytest.raises(BrokenError, match="has no place"):
        verify()


def test_a_day_that_is_gone_is_found(log):
    day = Day.objects.order_by("day").first().day
    owner(f"DELETE FROM audit_entry WHERE day = '{day}'", f"DELETE FROM audit_day WHERE day = '{day}'")
    with pytest.raises(BrokenError, match="a day is missing"):
        verify()


@pytest.mark.parametrize(
    "tables", ["audit_entry", "audit_entry, audit_day", "audit_entry, audit_day, audit_seal"]
)
def test_truncated_tables_are_found(log, tables):
    """Even all of them: the anchor is outside."""
    seals.seal()
    owner(f"TRUNCATE {tables}")
    with pytest.raises(BrokenError):
        verify()


def test_a_chain_that_was_made_anew_is_found_by_its_seals(log):
    seals.seal()
    owner("UPDATE audit_entry SET actor = 'somebody else' WHERE id = %(id)s", id=log[5].pk)
    chain_anew()
    with pytest.raises(BrokenError, match="written anew"):
        verify()


def test_a_seal_that_the_owner_makes_himself_is_found(log, anchor, settings):
    honest = seals.seal()
    owner("UPDATE audit_entry SET actor = 'somebody else' WHERE id = %(id)s", id=log[5].pk)
    chain_anew()
    anchor.unlink()
    head = Day.objects.latest("day")
    own_key, settings.SECRET_KEY = settings.SECRET_KEY, "of mallory" * 6
    forged = seals.sign(head.day, head.count, bytes(head.hash))
    settings.SECRET_KEY = own_key
    assert forged.key != honest.key
    owner(
        "UPDATE audit_seal SET hash = %(hash)s, key = %(key)s, signature = %(signature)s",
        hash=bytes(head.hash), key=forged.key, signature=forged.signature,
    )  # fmt: skip
    with pytest.raises(BrokenError, match="not signed by this program"):
        verify()
    owner("UPDATE audit_seal SET key = %(key)s", key=honest.key)  # the true key, another's signature
    with pytest.raises(BrokenError, match="not signed by this program"):
        verify()


def test_a_seal_outlives_the_rotation_of_the_secret_key(log, settings):
    seals.seal()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new one " * 6
    assert verify().entries == 20


def test_a_clock_that_was_set_back_breaks_nothing(log):
    owner("UPDATE audit_day SET day = day + 2", "UPDATE audit_entry SET day = day + 2")
    chain_anew()
    record(Action.CHANGED, name="after midnight, again")
    assert Entry.objects.latest("pk").day == Day.objects.latest("day").day
    assert verify().entries == 21


def test_what_is_rolled_back_is_not_in_the_log():
    with transaction.atomic():
        record(Action.CHANGED, name="never happened")
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


def test_an_auditor_verifies_an_export_without_a_database(log, tmp_path, capsys):
    file = tmp_path / "audit.jsonl"
    call_command("export_audit", file)
    key = capsys.readouterr().out.split()[-1]
    call_command("verify_audit", file=file, key=[key])
    assert "20 entries of 2 days" in capsys.readouterr().out
    lines = file.read_text().splitlines()
    place = next(
        number
        for number, line in enumerate(lines)
        if '"object 7"' in json.loads(line)[1].get("canonical", "")
    )
    file.write_text(
        "\n".join([*lines[:place], lines[place].replace("object 7", "object 8"), *lines[place + 1 :]])
    )
    with pytest.raises(CommandError, match=f"Entry {log[7].pk} "):
        call_command("verify_audit", file=file, key=[key])
    file.write_text("no export")
    with pytest.raises(CommandError, match="Cannot be read"):
        call_command("verify_audit", file=file, key=[key])


def test_the_command_fails_by_its_exit_status(log):
    call_command("verify_audit")
    owner("DELETE FROM audit_entry WHERE id = %(id)s", id=log[5].pk)
    with pytest.raises(CommandError, match="number 6 is missing"):
        call_command("verify_audit")


def test_many_at_a_time_make_one_chain():
    """Each in a transaction of its own, which holds other locks, too."""
    import threading

    def work(worker: int) -> None:
        try:
            for number in range(10):
                with transaction.atomic():
                    record(Action.CHANGED, name=f"{worker} {number}")
                    record(Action.CHANGED, name=f"{worker} {number} again")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verify().entries == 120


def test_seals_are_made_each_five_minutes(log):
    from config.kit.audit.tasks import seal

    seal(0)
    assert Seal.objects.count() == 1


def test_the_seals_in_a_bucket_find_a_log_that_was_made_anew_with_all_its_seals(
    log, bucket, anchor, settings
):
    seals.seal()
    kept = next(each for each in anchored_seals() if each.count == 10)
    owner("UPDATE audit_entry SET actor = 'mallory' WHERE id = " + str(log[3].pk))
    chain_anew()
    owner("DELETE FROM audit_seal")
    anchor.unlink()
    with pytest.raises(BrokenError, match=kept.day):
        verify()


def test_each_seal_is_an_object_of_its_own(log, bucket):
    seals.seal()
    with transaction.atomic():
        record(Action.CHANGED, name="another")
    seals.seal()
    names = [each.object_name for each in bucket.list_objects("seals", recursive=True)]
    day = Day.objects.latest("day").day
    assert names == [f"payments/{day}/{10:012d}.json", f"payments/{day}/{11:012d}.json"]
    assert verify().seals == 2 * 3


def test_a_store_that_is_away_keeps_no_seal_from_the_other_anchors(log, anchor, settings, capsys):
    settings.AUDIT_ANCHOR_S3 = "http://key:secret@127.0.0.1:9/seals"
    with pytest.raises(ExceptionGroup):
        seals.seal()
    assert len(anchor.read_text().splitlines()) == 1
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_audit")


@pytest.mark.parametrize(
    "url", ["https://host/bucket", "https://key:secret@host/", "bucket", "s3://bucket/x"]
)
def test_an_address_of_no_bucket_is_refused(url):
    with pytest.raises(ValueError, match="AUDIT_ANCHOR_S3"):
        read_bucket(url)
