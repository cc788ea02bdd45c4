"""Loading lists from files: banks, BINs of a card, a country's BIN list. One engine: config/importing."""

from payments.importing.banks import import_banks
from payments.importing.bin_list import import_bin_list
from payments.importing.bin_numbers import import_bin_numbers

__all__ = ["import_banks", "import_bin_list", "import_bin_numbers"]
