from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.services.card_number_sweep import sweep


class Command(BaseCommand):
    help = (
        "Look for card numbers in all tables, uploads, media and logs. Opens a case for each place; "
        "exits with 1 if there is one. Runs each night by itself."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="*", type=Path, help="More files and folders, for example logs.")

    def handle(self, *args: Any, **options: Any) -> None:
        found = sweep(options["paths"])
        for finding in found:
            where = f" (rows {', '.join(finding.examples)})" if finding.examples else ""
            self.stdout.write(f"{finding.place}: {finding.count}{where}")
        if found:
            raise CommandError("Card numbers are stored. Each place has a case.")
        self.stdout.write("No card numbers found.")
