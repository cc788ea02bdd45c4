"""Creates a merchant with its first pair of API keys."""

from argparse import ArgumentParser
from typing import Any

import pghistory
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from config.kit.lib.errors import UniqueSetsError
from vault import services
from vault.management.keys import as_json


class Command(BaseCommand):
    help = "Create a merchant. Prints its id and its API keys as JSON. The keys are shown only once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"].strip()
        if not 1 <= len(name) <= 128:
            raise CommandError("A name has 1 to 128 characters.")
        try:
            with transaction.atomic(), pghistory.context(command="create_merchant"):
                merchant = services.merchants.create(name=name)
                issued = services.keys.issue(merchant=merchant)
        except UniqueSetsError:
            raise CommandError(f"There is a merchant {name} already.") from None
        self.stdout.write(as_json(issued))
