"""Imports that a worker runs: files of a million rows, whose senders do not wait for the answer.

File and answer are in the database, encrypted, so that web server and worker may be different machines. The file is
deleted when its import has ended, the job after a day.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import IO, Any, BinaryIO

from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from config.kit.audit.log import acting_as, actor_of
from config.kit.importing.report import Report
from config.kit.lib.encryption import Place, seal, unseal
from config.kit.lib.errors import RuleError
from config.kit.lib.sealed_file import PART, in_parts
from payments.importing.banks import import_banks
from payments.importing.bin_numbers import import_bin_numbers
from payments.models import Card, Channel, ImportJob, ImportPart, ImportState

JOB = "payments.run_import"
KEPT = timedelta(days=1)
TOLD_EVERY = 0.5
"""Seconds between two notes of the progress, which also see that the job is canceled."""

ENDED = (ImportState.DONE, ImportState.FAILED, ImportState.CANCELED)


class CanceledError(Exception):
    """By its user. Nothing of the file is kept."""


def _into_banks(targets: dict[str, int], **arguments: Any) -> Report:
    return import_banks(channel=Channel.objects.get(pk=targets["channel"]), **arguments)


def _into_bins(targets: dict[str, int], **arguments: Any) -> Report:
    return import_bin_numbers(card=Card.objects.get(pk=targets["card"]), **arguments)


KINDS: dict[str, Callable[..., Report]] = {"banks": _into_banks, "bin_numbers": _into_bins}


def submit(
    kind: str, *, user_id: int, file: IO[bytes], size: int, targets: dict[str, int], dry_run: bool
) -> ImportJob:
    from payments.tasks import run_import

    with transaction.atomic():
        job = ImportJob.objects.create(
            kind=kind, user_id=user_id, targets=targets, dry_run=dry_run, bytes_total=size
        )
        _keep(job, ImportPart.FILE, iter(lambda: file.read(PART), b""))
        run_import.defer(job=str(job.pk))
    return job


def run(key: str) -> None:
    """Once: a job that a killed worker left is told as failed by `remove_old`."""
    now = timezone.now()
    claimed = ImportJob.objects.filter(pk=key, state=ImportState.QUEUED)
    if not claimed.update(state=ImportState.RUNNING, started_date=now, backend=_backend()):
        return
    job = ImportJob.objects.select_related("user").get(pk=key)
    try:
        with acting_as(actor_of(job.user)), _spooled(job) as file, _noting(job) as note:
            report = KINDS[job.kind](job.targets, file=file, dry_run=job.dry_run, progress=note)
    except RuleError as error:
        _end(job, ImportState.FAILED, error_code=error.code, error=error.message)
    except (Card.DoesNotExist, Channel.DoesNotExist):
        _end(job, ImportState.FAILED, error="The card or channel was deleted.")
    except (CanceledError, OperationalError):
        if ImportJob.objects.filter(pk=key, state=ImportState.RUNNING).exists():
            _end(job, ImportState.FAILED, error="The database stopped the import.")
            raise
        ImportPart.objects.filter(job=job).delete()
    except Exception:
        _end(job, ImportState.FAILED, error="The import failed.")
        raise
    else:
        with report:
            _tell_done(job, report)


def cancel(job: ImportJob) -> bool:
    """Whether it was still waiting or running. The database ends its statement, and rolls everything back."""
    with transaction.atomic():
        stored = ImportJob.objects.select_for_update(no_key=True).get(pk=job.pk)
        if stored.state in ENDED:
            return False
        was_running = stored.state == ImportState.RUNNING
        stored.state, stored.finished_date = ImportState.CANCELED, timezone.now()
        stored.save(update_fields=["state", "finished_date"])
        if was_running:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_cancel_backend(%s)", [stored.backend])
        else:
            stored.parts.all().delete()
    return True


def answer_of(job: ImportJob) -> Iterator[bytes]:
    """`{"<name or BIN>": "<status>"}`, piece by piece."""
    return _pieces(job, ImportPart.ANSWER)


def json_of(report: Report) -> Iterator[bytes]:
    """`{"<name or BIN>": "<status>"}`, a row at a time."""
    separator = "{"
    for key, status in report.statuses():
        row = f"{separator}{json.dumps(key, ensure_ascii=False)}:{json.dumps(status, ensure_ascii=False)}"
        yield row.encode()
        separator = ","
    yield b"{}" if separator == "{" else b"}"


def remove_old() -> None:
    """Also ends what a killed worker left: no import takes an hour."""
    ImportJob.objects.filter(created_date__lt=timezone.now() - KEPT).delete()
    abandoned = ImportJob.objects.filter(
        state=ImportState.RUNNING, started_date__lt=timezone.now() - timedelta(hours=1)
    )
    for job in abandoned:
        _end(job, ImportState.FAILED, error="The worker was stopped.")


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def _tell_done(job: ImportJob, report: Report) -> None:
    """Twice, as a cancellation that comes too late may end the first attempt: what is written is written."""
    try:
        _keep_answer(job, report)
    except OperationalError:
        _keep_answer(job, report)


def _keep_answer(job: ImportJob, report: Report) -> None:
    with transaction.atomic():
        _keep(job, ImportPart.ANSWER, json_of(report))
        _end(job, ImportState.DONE, counts=report.counts)


def _end(job: ImportJob, state: ImportState, **told: Any) -> None:
    with transaction.atomic():
        told |= {"state": state, "finished_date": timezone.now(), "stage": "", "backend": None}
        ImportJob.objects.filter(pk=job.pk).update(**told)
        ImportPart.objects.filter(job=job, of=ImportPart.FILE).delete()


def _keep(job: ImportJob, of: str, pieces: Iterable[bytes]) -> None:
    for number, piece in enumerate(in_parts(pieces)):
        data = seal(piece, _place(job, of, number))
        ImportPart.objects.create(job=job, of=of, number=number, data=data)


def _pieces(job: ImportJob, of: str) -> Iterator[bytes]:
    """One in memory at a time, and no transaction is held while a client reads slowly."""
    number = 0
    while part := ImportPart.objects.filter(job=job, of=of, number=number).first():
        yield unseal(part.data, _place(job, of, number))
        number += 1


def _place(job: ImportJob, of: str, number: int) -> Place:
    return Place(ImportPart.PLACE, "data", f"{job.pk} {of} {number}")


@contextmanager
def _spooled(job: ImportJob) -> Iterator[BinaryIO]:
    """The file as the import reads it: more than once, from the start."""
    with tempfile.TemporaryFile(prefix="import-") as file:
        for piece in _pieces(job, ImportPart.FILE):
            file.write(piece)
        file.seek(0)
        yield file


class Note:
    """Writes the progress beside the import's own transaction. Raises CanceledError once the job is canceled."""

    def __init__(self, job: ImportJob, database: BaseDatabaseWrapper) -> None:
        self._job, self._database, self._stage, self._next = job, database, "", 0.0

    def __call__(self, bytes_done: int, bytes_total: int | None, stage: str) -> None:
        if stage == self._stage and time.monotonic() < self._next:
            return
        self._stage, self._next = stage, time.monotonic() + TOLD_EVERY
        with self._database.cursor() as cursor:
            cursor.execute(
                "UPDATE payments_importjob SET stage = %s, bytes_done = %s WHERE id = %s AND state = %s",
                [stage, bytes_done, self._job.pk, ImportState.RUNNING],
            )
            if not cursor.rowcount:
                raise CanceledError


@contextmanager
def _noting(job: ImportJob) -> Iterator[Note]:
    beside = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        yield Note(job, beside)
    finally:
        beside.close()
