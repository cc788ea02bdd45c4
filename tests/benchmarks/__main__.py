"""`python -m tests.benchmarks [NAME ...]`: benchmarks, each ratio against a named baseline of the same run."""

import argparse
import sys

from tests.benchmarks import (
    bill_import,
    bin_import,
    charge,
    hung_bank,
    idle_clients,
    method_import,
    statement_match,
    vault_cards,
)

ALL = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        bin_import,
        bill_import,
        charge,
        hung_bank,
        idle_clients,
        method_import,
        statement_match,
        vault_cards,
    )
}

parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(ALL)}; without one, all of them")
names = parser.parse_args().names or list(ALL)
if unknown := set(names) - ALL.keys():
    parser.error(f"unknown: {', '.join(sorted(unknown))}")
sys.exit(max(ALL[name].main() for name in names))
