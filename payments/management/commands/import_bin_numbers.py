from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from config.kit.commands.imports import ImportCommand
from config.kit.importing.report import Report
from payments.importing.bin_numbers import import_bin_numbers
from payments.management.arguments import add_channel_argument, by_slug, channel_of
from payments.models import Card


class Command(ImportCommand):
    help = "Give a card the BINs of a CSV or XLSX file: one column, header optional."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--card", metavar="ID|SLUG", required=True, help="id or slug of the card")
        add_channel_argument(parser, required=False)

    def load(self, *, options: dict[str, Any], **arguments: Any) -> Report:
        return import_bin_numbers(card=_card(options), **arguments)


def _card(options: dict[str, Any]) -> Card:
    name: str = options["card"]
    channel = {"channel": channel_of(options)} if options["channel"] else {}
    if name.isascii() and name.isdigit() and len(name) < 19:
        card = Card.objects.filter(pk=name, **channel).first()
        if card is None:
            raise CommandError(f"No Card {name}.")
        return card
    return by_slug(Card, name, **channel)
