"""`manage.py export_audit FILE`: the audit log with its proof, for an auditor."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from config.kit.audit.seals import seal, trusted_keys
from config.kit.audit.verify import export


class Command(BaseCommand):
    help = "Write the audit log, its heads and seals as JSON lines; verify_audit --file FILE verifies them anywhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        seal()
        with options["file"].open("w") as file:
            count = export(file)
        self.stdout.write(f"{count} entries. Public keys of the seals: {', '.join(sorted(trusted_keys()))}")
