"""`manage.py verify_audit`: walks the audit log and names the first row that is not as it was written."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.kit.audit.seals import trusted_keys
from config.kit.audit.verify import BrokenError, verify, verify_file


class Command(BaseCommand):
    help = "Verify the audit log: exit status 1 and the first broken row, if there is one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, help="an export (export_audit) instead of the database")
        parser.add_argument(
            "--key", action="append", metavar="HEX", help="the public key that seals are trusted of, not ours"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        trusted = frozenset(options["key"] or trusted_keys())
        try:
            seen = verify_file(options["file"], trusted) if options["file"] else verify()
        except BrokenError as broken:
            raise CommandError(str(broken)) from None
        except (OSError, ValueError, TypeError) as error:
            raise CommandError(f"Cannot be read as an audit log or its seals: {error}") from None
        self.stdout.write(
            f"{seen.entries} entries of {seen.days} days and {seen.seals} seals: as they were written."
        )
