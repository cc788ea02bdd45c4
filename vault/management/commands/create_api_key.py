"""Creates a pair of API keys for a merchant."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

import pghistory
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.kit.lib.errors import InvalidValueError
from vault import services
from vault.management.keys import as_json
from vault.models import Merchant
from vault.services.merchants import get_merchant


class Command(BaseCommand):
    help = "Create a pair of API keys. Prints the merchant's id and the keys as JSON. The keys are shown only once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("merchant", help="id or name")
        parser.add_argument("--days", type=int, help="days until the keys expire (default: never)")
        parser.add_argument(
            "--allow",
            action="append",
            default=[],
            metavar="ADDRESS",
            help="allowed IP address or network; can be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["days"]
        if days is not None and not 1 <= days <= 36_500:
            raise CommandError("--days is 1 to 36500.")
        try:
            with pghistory.context(command="create_api_key"):
                issued = services.keys.issue(
                    merchant=get_merchant(options["merchant"]),
                    allowed_addresses=options["allow"],
                    expires_at=timezone.now() + timedelta(days=days) if days else None,
                )
        except Merchant.DoesNotExist:
            raise CommandError(f"There is no merchant {options['merchant']}.") from None
        except InvalidValueError as error:
            raise CommandError(error.message) from None
        self.stdout.write(as_json(issued))
        if not issued.key.is_approved:
            self.stderr.write("The keys work once two users of the admin have asked for and approved them.")
