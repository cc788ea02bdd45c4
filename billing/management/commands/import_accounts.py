from argparse import ArgumentParser
from typing import Any

from billing.importing.accounts import import_accounts
from config.kit.commands.imports import ImportCommand
from config.kit.importing.report import Report
from payments.management.arguments import add_channel_argument, channel_of


class Command(ImportCommand):
    help = (
        "Add the accounts of a CSV or XLSX file (account_number, name, email, phone, currency) to a channel."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        add_channel_argument(parser)

    def load(self, *, options: dict[str, Any], **arguments: Any) -> Report:
        return import_accounts(channel=channel_of(options), **arguments)
