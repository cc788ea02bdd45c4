from argparse import ArgumentParser
from typing import Any

from config.kit.commands.imports import ImportCommand
from config.kit.importing.report import Report
from payments.importing.banks import import_banks
from payments.management.arguments import add_channel_argument, channel_of


class Command(ImportCommand):
    help = "Add the banks of a CSV or XLSX file (name, slug, logo) to a channel."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        add_channel_argument(parser)

    def load(self, *, options: dict[str, Any], **arguments: Any) -> Report:
        return import_banks(channel=channel_of(options), **arguments)
