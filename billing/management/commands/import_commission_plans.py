from argparse import ArgumentParser
from typing import Any

from billing.importing.commission_plans import COLUMNS, import_commission_plans
from config.kit.commands.imports import ImportCommand
from config.kit.importing.report import Report
from payments.management.arguments import add_channel_argument, channel_of


class Command(ImportCommand):
    help = f"Add the commission plans of a CSV or XLSX file ({', '.join(COLUMNS)}) to a channel's POS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        add_channel_argument(parser)

    def load(self, *, options: dict[str, Any], **arguments: Any) -> Report:
        return import_commission_plans(channel=channel_of(options), **arguments)
