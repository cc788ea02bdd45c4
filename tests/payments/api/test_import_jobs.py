"""Large files: `Prefer: respond-async`, the job's progress, its answer, canceling."""

import json
import threading
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from config.kit.audit.models import Action, Entry
from payments.importing import jobs
from payments.models import BinNumber, Card, ImportJob, ImportPart, ImportState
from tests.conftest import client_of
from tests.support.factories import CardFactory, UserFactory
from tests.support.threads import outcome_elsewhere

pytestmark = pytest.mark.django_db(transaction=True)
BINS = [str(number) for number in range(100_000, 160_000)]


@pytest.fixture
def card(channel):
    return CardFactory(channel=channel)


def send(api, card, content, query="", **headers):
    return api.post(
        f"/api/v1/cards/{card.pk}/bulk_create/{query}",
        {"filename": SimpleUploadedFile("list.csv", content.encode())},
        format="multipart",
        headers={"Prefer": "respond-async", **headers},
    )


def job_of(answer) -> ImportJob:
    assert answer.status_code == 202, answer.getvalue()
    return ImportJob.objects.get(pk=answer.json()["id"])


def test_a_large_file_is_imported_behind_the_answer(api, card):
    answer = send(api, card, "\n".join([*BINS, "12"]))
    job = job_of(answer)
    assert answer.headers["Preference-Applied"] == "respond-async"
    assert answer.headers["Location"].endswith(f"/api/v1/imports/{job.pk}")
    assert not BinNumber.objects.exists()
    shown = api.get(answer.headers["Location"]).json()
    assert (shown["state"], shown["statuses"]) == ("queued", None)
    assert api.get(f"/api/v1/imports/{job.pk}/statuses/").status_code == 404

    jobs.run(str(job.pk))
    shown = api.get(answer.headers["Location"]).json()
    assert (shown["state"], shown["counts"]["created"]) == ("done", len(BINS))
    assert shown["bytes_done"] == shown["bytes_total"] == len("\n".join([*BINS, "12"]))
    statuses = json.loads(b"".join(api.get(shown["statuses"]).streaming_content))
    assert statuses.pop("12").startswith("invalid: ")
    assert statuses == dict.fromkeys(BINS, "created")


def test_the_statuses_are_those_of_the_answer_at_once(api, card):
    content = "111111\n222222\n222222\n5\n"
    job = job_of(send(api, card, content, "?dry_run=true"))
    jobs.run(str(job.pk))
    assert not BinNumber.objects.exists()
    behind = b"".join(api.get(f"/api/v1/imports/{job.pk}/statuses/").streaming_content)
    at_once = api.post(
        f"/api/v1/cards/{card.pk}/bulk_create/?dry_run=true",
        {"filename": SimpleUploadedFile("list.csv", content.encode())},
        format="multipart",
    )
    assert behind == b"".join(at_once.streaming_content)


def test_file_and_answer_are_encrypted_and_the_file_goes(api, card):
    job = job_of(send(api, card, "\n".join(BINS)))
    assert not ImportPart.objects.filter(data__contains="100000").exists()
    jobs.run(str(job.pk))
    assert set(ImportPart.objects.values_list("of", flat=True)) == {"answer"}
    assert not ImportPart.objects.filter(data__contains="100000").exists()


def test_it_runs_once_and_as_its_user(api, card):
    job = job_of(send(api, card, "111111\n"))
    jobs.run(str(job.pk))
    jobs.run(str(job.pk))
    entry = Entry.objects.get(action=Action.IMPORTED)
    assert entry.actor == job.user.get_username()


@pytest.mark.parametrize(
    ("content", "code"), [("%PDF-1.7\n", "file_100_3"), ("", "file_100_3")], ids=["pdf", "empty"]
)
def test_what_is_wrong_with_the_file_is_told_by_the_job(api, card, content, code):
    job = job_of(send(api, card, content or "\n"))
    jobs.run(str(job.pk))
    shown = api.get(f"/api/v1/imports/{job.pk}/").json()
    assert (shown["state"], shown["error_code"]) == ("failed", code)
    assert shown["error"]
    assert not ImportPart.objects.exists()


def test_a_card_that_is_gone_fails_the_job(api, card):
    job = job_of(send(api, card, "111111\n"))
    Card.objects.filter(pk=card.pk).delete()
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert job.state == ImportState.FAILED


def test_canceled_before_it_runs(api, card):
    job = job_of(send(api, card, "111111\n"))
    assert api.delete(f"/api/v1/imports/{job.pk}/").status_code == 204
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert job.state == ImportState.CANCELED
    assert not BinNumber.objects.exists()
    assert not ImportPart.objects.exists()
    assert api.delete(f"/api/v1/imports/{job.pk}/").status_code == 406


def test_canceled_while_it_waits_in_the_database(api, card):
    """It waits for a lock of the card that an operator holds: the database ends the statement."""
    job = job_of(send(api, card, "\n".join(BINS)))
    running = threading.Thread(target=lambda: outcome_elsewhere(lambda: jobs.run(str(job.pk))))
    with transaction.atomic():
        Card.objects.select_for_update().get(pk=card.pk)
        running.start()
        _wait_for_a_lock()
        assert outcome_elsewhere(lambda: jobs.cancel(job)) is None
        running.join(30)
        assert not running.is_alive()
    job.refresh_from_db()
    assert job.state == ImportState.CANCELED
    assert not BinNumber.objects.exists()
    assert not ImportPart.objects.exists()


def test_the_database_is_restarted_in_the_middle(api, card):
    """Its sessions end, as they do at a restart: nothing is half done, the job says so, and sending it again works."""
    job = job_of(send(api, card, "\n".join(BINS)))
    ends = []
    running = threading.Thread(target=lambda: ends.append(outcome_elsewhere(lambda: jobs.run(str(job.pk)))))
    with transaction.atomic(), connection.cursor() as cursor:
        Card.objects.select_for_update().get(pk=card.pk)
        running.start()
        _wait_for_a_lock()
        job.refresh_from_db()
        cursor.execute("SELECT pg_terminate_backend(%s)", [job.backend])
        running.join(30)
    job.refresh_from_db()
    assert (job.state, job.error) == (ImportState.FAILED, "The database stopped the import.")
    assert [type(error) for error in ends] == [OperationalError]  # the log has it, too
    assert not BinNumber.objects.exists()
    assert not ImportPart.objects.exists()
    again = job_of(send(api, card, "\n".join(BINS)))
    jobs.run(str(again.pk))
    assert BinNumber.objects.count() == len(BINS)


def _wait_for_a_lock():
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("The import did not wait.")


def test_others_do_not_see_it(api, card):
    job = job_of(send(api, card, "111111\n"))
    other = client_of(UserFactory(is_superuser=True))
    for path in (f"/api/v1/imports/{job.pk}/", f"/api/v1/imports/{job.pk}/statuses/"):
        assert other.get(path).status_code == 404
    assert other.delete(f"/api/v1/imports/{job.pk}/").status_code == 404
    assert other.get("/api/v1/imports/").json()["count"] == 0
    assert api.get(f"/api/v1/imports/{uuid4()}/").status_code == 404
    assert api.get("/api/v1/imports/").json()["count"] == 1


def test_who_may_not_add_bins_sends_none(card):
    answer = send(client_of(UserFactory(role="Auditor")), card, "111111\n")
    assert answer.status_code == 403
    assert not ImportJob.objects.exists()


def test_old_ones_are_removed_and_abandoned_ones_end(api, card):
    old, stuck = (job_of(send(api, card, "111111\n")) for _ in range(2))
    now = timezone.now()
    ImportJob.objects.filter(pk=old.pk).update(created_date=now - timedelta(days=2))
    ImportJob.objects.filter(pk=stuck.pk).update(state="running", started_date=now - timedelta(hours=2))
    jobs.remove_old()
    [job] = ImportJob.objects.all()
    assert (job.pk, job.state) == (stuck.pk, ImportState.FAILED)
