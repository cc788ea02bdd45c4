from typing import Any

from billing.importing.bills import import_bills
from config.kit.commands.imports import ImportCommand
from config.kit.importing.report import Report


class Command(ImportCommand):
    help = (
        "Add the bills of a CSV or XLSX file (number, subscription, amount, currency, issued_on, due_on, description) "
        "to their subscriptions."
    )

    def load(self, *, options: dict[str, Any], **arguments: Any) -> Report:
        return import_bills(**arguments)
