import csv
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from openpyxl import Workbook

from billing.statements.journal import export_rows, post_journal
from config.kit.audit.log import record
from config.kit.audit.models import Action
from config.kit.lib.spreadsheet import escape_formula


class Command(BaseCommand):
    help = "Post what is not in the journal yet, and write the lines of some days to a CSV or XLSX file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="ends with .csv or .xlsx")
        parser.add_argument("--since", type=date.fromisoformat, required=True, help="first day: 2026-01-01")
        parser.add_argument("--until", type=date.fromisoformat, required=True, help="last day")

    def handle(self, *args: Any, **options: Any) -> None:
        posted = post_journal()
        days = {name: options[name] for name in ("since", "until")}
        file: Path = options["file"]
        rows = (
            [escape_formula(cell) if isinstance(cell, str) else cell for cell in row]
            for row in export_rows(**days)
        )
        count = (_write_workbook if file.suffix == ".xlsx" else _write_csv)(file, rows)
        told = {name: day.isoformat() for name, day in days.items()}
        record(Action.EXPORTED, name="journal", after={**told, "lines": count})
        self.stdout.write(f"{posted} lines posted, {count} lines written to {file}.")


def _write_csv(file: Path, rows: Any) -> int:
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        return sum(1 for row in rows if csv.writer(target).writerow(row)) - 1


def _write_workbook(file: Path, rows: Any) -> int:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Journal")
    count = -1
    for row in rows:
        sheet.append(row)
        count += 1
    book.save(file)
    return count
