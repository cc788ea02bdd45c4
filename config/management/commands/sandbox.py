"""Prints credentials of a demo shop for each contract."""

import json
from argparse import ArgumentParser
from typing import Any

import pghistory
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config import sandbox
from payments.models import Channel


class Command(BaseCommand):
    help = (
        "Print new credentials of the demo shop for each contract. Loads the demo data into an empty database. The "
        "credentials of an earlier run end. Refused in production."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="For programs.")
        parser.add_argument(
            "--shell", action="store_true", help='Variables, for `eval "$(manage.py sandbox --shell)"`.'
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("There is no sandbox in production.")
        call_command("load_demo", only_empty=True, stdout=self.stderr)
        if not Channel.objects.filter(slug="shop").exists():
            raise CommandError("The sandbox needs the demo data, which go into an empty database only.")
        with pghistory.context(command="sandbox"):
            credentials = sandbox.make_credentials()
        if options["json"]:
            self.stdout.write(json.dumps(credentials))
            return
        if options["shell"]:
            self.stdout.write(sandbox.as_shell(credentials))
            return
        for contract, values in credentials.items():
            self.stdout.write(
                f"{contract}\n" + "".join(f"  {name}: {value}\n" for name, value in values.items())
            )
        self.stdout.write("Test cards and first requests: docs/integrating/README.md")
