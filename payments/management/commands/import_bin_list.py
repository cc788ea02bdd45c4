from argparse import ArgumentParser
from typing import Any

from config.kit.commands.imports import ImportCommand
from config.kit.importing.report import Report
from payments.importing.bin_list import import_bin_list
from payments.management.arguments import add_channel_argument, by_slug, channel_of
from payments.models import POS


class Command(ImportCommand):
    help = "Load a country's BIN list (BIN;Network;Type;Category;Issuer) into a channel."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        add_channel_argument(parser)
        parser.add_argument("--pos", metavar="SLUG", help="POS of the cards that have to be made")

    def load(self, *, options: dict[str, Any], **arguments: Any) -> Report:
        channel = channel_of(options)
        pos = by_slug(POS, options["pos"], channel=channel) if options["pos"] else None
        return import_bin_list(channel=channel, pos=pos, **arguments)
