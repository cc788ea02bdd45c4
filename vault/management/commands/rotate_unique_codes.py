"""Issues new unique codes for a merchant's cards."""

from argparse import ArgumentParser
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress

from vault.models import Merchant, StoredCard
from vault.services.access import Actor
from vault.services.cards import renew_codes
from vault.services.merchants import get_merchant

BATCH = 500


class Command(BaseCommand):
    help = (
        "Issue new unique codes for a merchant's cards. The old ones stop working; the merchant has to list its "
        "cards again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("merchant", help="id or name")
        parser.add_argument("--relational-id1", metavar="ID", help="only the cards of this relational id")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            cards = StoredCard.objects.filter(merchant=get_merchant(options["merchant"]))
        except Merchant.DoesNotExist:
            raise CommandError(f"There is no merchant {options['merchant']}.") from None
        if options["relational_id1"] is not None:
            cards = cards.filter(relational_id1=options["relational_id1"])
        keys = list(cards.order_by("pk").values_list("pk", flat=True))
        done = 0
        console = Console(file=cast(IO[str], self.stderr))
        with Progress(console=console, disable=not self.stderr.isatty()) as bar:
            task = bar.add_task("cards", total=len(keys))
            for start in range(0, len(keys), BATCH):
                done += renew_codes(Actor(), StoredCard.objects.filter(pk__in=keys[start : start + BATCH]))
                bar.update(task, completed=done)
        self.stdout.write(f"new unique codes: {done}")
