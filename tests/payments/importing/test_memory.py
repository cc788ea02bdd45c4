"""An import takes no more memory for more rows."""

import tracemalloc

from payments.importing.bin_numbers import import_bin_numbers
from tests.support.factories import CardFactory
from tests.support.files import csv_file


def peak_of(card, rows: int, first: int) -> int:
    file = csv_file("".join(f"{number}\n" for number in range(first, first + rows)))
    tracemalloc.start()
    with import_bin_numbers(card=card, file=file, dry_run=True) as report:
        assert sum(1 for _ in report.statuses()) == rows
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_file(channel):
    card = CardFactory(channel=channel)
    peak_of(card, 100, 10_000_000)  # what is made once
    small, large = peak_of(card, 20_000, 10_000_000), peak_of(card, 100_000, 10_000_000)
    assert large < small * 1.5
