"""Loading lists from files: banks, BINs of a card, a country's BIN list. One engine: engine.py."""

from payments.importing.banks import import_banks
from payments.importing.bin_list import import_bin_list
from payments.importing.bin_numbers import import_bin_numbers
from payments.importing.report import Report, RowResult

__all__ = ["Report", "RowResult", "import_banks", "import_bin_list", "import_bin_numbers"]
