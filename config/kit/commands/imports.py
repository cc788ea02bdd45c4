"""Base class of the import commands: arguments, progress, printed result, exit status."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pghistory
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from config.kit.importing.report import Report
from config.kit.importing.text import Progress as ProgressCall
from config.kit.importing.text import ReadableFile
from config.kit.lib.errors import RuleError

SHOWN_NOTES = 20


class ImportCommand(BaseCommand):
    """Subclasses implement `load`. Exit status 1 if the file cannot be read or no row is valid."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="CSV or XLSX file; - reads standard input")
        parser.add_argument("--dry-run", action="store_true", help="report what would change without writing")
        parser.add_argument(
            "--rejects", metavar="FILE", type=Path, help="write the invalid rows to this CSV file"
        )

    def load(
        self, *, file: ReadableFile, dry_run: bool, progress: ProgressCall, options: dict[str, Any]
    ) -> Report:
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        name = type(self).__module__.rpartition(".")[2]
        with (
            _opened(options["file"]) as file,
            _progress(self.stderr) as progress,
            pghistory.context(command=name),
        ):
            try:
                report = self.load(file=file, dry_run=options["dry_run"], progress=progress, options=options)
            except RuleError as error:
                raise CommandError(error.message) from None
            except OperationalError as error:
                reason = str(error).partition("\n")[0]
                text = f"The database stopped the import, and nothing of the file is kept. Run it again. ({reason})"
                raise CommandError(text) from None
        with report:
            self._print(report)
            if options["rejects"]:
                _write_rejects(report, options["rejects"])
            if report.counts["invalid"] == report.total:
                raise CommandError("No row is valid.")

    def _print(self, report: Report) -> None:
        if report.dry_run:
            self.stdout.write("Dry run: nothing was written.")
        for status, count in report.counts.items():
            self.stdout.write(f"{status}: {count}")
        for what, count in report.created_objects.items():
            self.stdout.write(f"{what} created: {count}")
        if report.noted:
            self.stdout.write(f"created with a note: {report.noted}")
        for row in islice(report.notes(), SHOWN_NOTES):
            self.stdout.write(f"  line {row.line}, {row.key}: {row.note}")


@contextmanager
def _opened(name: str) -> Iterator[ReadableFile]:
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        with open(name, "rb") as file:
            yield file
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}") from None


@contextmanager
def _progress(stream: Any) -> Iterator[ProgressCall]:
    """A progress bar on a terminal, else a line for each stage and each tenth of the file."""
    if stream.isatty():
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(file=stream)) as bar:
            task = bar.add_task("reading", total=None)

            def draw(bytes_done: int, bytes_total: int | None, stage: str) -> None:
                bar.update(task, completed=bytes_done, total=bytes_total, description=stage)

            yield draw
        return
    reported: set[tuple[str, int]] = set()

    def report(bytes_done: int, bytes_total: int | None, stage: str) -> None:
        tenth = 10 * bytes_done // bytes_total if bytes_total else 0
        if (stage, tenth) not in reported:
            reported.add((stage, tenth))
            stream.write(f"{stage}: {bytes_done} of {bytes_total or '?'} bytes")

    yield report


def _write_rejects(report: Report, path: Path) -> None:
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            report.write_rejects(file)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
