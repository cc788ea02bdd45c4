"""`python -m tests.benchmarks`: every benchmark, each ratio against a named baseline of the same run."""

import sys

from tests.benchmarks import (
    bill_import,
    bin_import,
    charge,
    hung_bank,
    idle_clients,
    method_import,
    vault_cards,
)

sys.exit(
    max(
        [
            bin_import.main(),
            bill_import.main(),
            charge.main(),
            hung_bank.main(),
            idle_clients.main(),
            method_import.main(),
            vault_cards.main(),
        ]
    )
)
