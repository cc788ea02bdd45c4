from typing import Any

from billing.importing.payment_methods import import_payment_methods
from config.kit.commands.imports import ImportCommand
from config.kit.importing.report import Report


class Command(ImportCommand):
    help = (
        "Add the payment methods of a CSV or XLSX file (external_id, account_number, kind, holder_name, card_mask, …) "
        "to their accounts."
    )

    def load(self, *, options: dict[str, Any], **arguments: Any) -> Report:
        return import_payment_methods(**arguments)
