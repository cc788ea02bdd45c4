from typing import Any

from billing.importing.subscriptions import import_subscriptions
from config.kit.commands.imports import ImportCommand
from config.kit.importing.report import Report


class Command(ImportCommand):
    help = "Add the subscriptions of a CSV or XLSX file (account_number, number, name, status) to their accounts."

    def load(self, *, options: dict[str, Any], **arguments: Any) -> Report:
        return import_subscriptions(**arguments)
