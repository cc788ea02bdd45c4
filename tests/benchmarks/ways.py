"""One way to give a card a file of BINs, in a process of its own: `-m tests.benchmarks.ways WAY FILE CARD`.

Prints seconds and the process's peak memory as JSON. Every way ends with a committed transaction.
"""

import itertools
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django
from django.db import connection, transaction

BATCH = 5_000


def plain_copy(path: Path, card_id: int) -> Callable[[], None]:
    """COPY of ready rows into the table with its indexes, keys and history: the least a load can cost."""
    from payments.models import Card

    tail = f"\t{card_id}\t{Card.objects.get(pk=card_id).channel_id}\tt\tnow\tnow\n".encode()
    ready = b"".join(line + tail for line in path.read_bytes().split())
    sql = (
        "COPY payments_binnumber (bin_number, card_id, channel_id, is_active, created_date, modified_date) "
        "FROM STDIN"
    )

    def run() -> None:
        with transaction.atomic(), connection.cursor() as cursor, cursor.copy(sql) as copy:
            copy.write(ready)

    return run


def import_file(path: Path, card_id: int) -> Callable[[], None]:
    from payments.importing.bin_numbers import import_bin_numbers
    from payments.models import Card

    card = Card.objects.get(pk=card_id)
    rows = path.stat().st_size // 9

    def run() -> None:
        with path.open("rb") as file, import_bin_numbers(card=card, file=file) as report:
            assert report.counts["created"] == rows == report.total, report.counts  # noqa: S101

    return run


def bulk_create(path: Path, card_id: int) -> Callable[[], None]:
    from payments.models import BinNumber, Card

    card = Card.objects.get(pk=card_id)

    def run() -> None:
        with path.open() as file, transaction.atomic():
            rows = (
                BinNumber(bin_number=line.strip(), card_id=card.pk, channel_id=card.channel_id)
                for line in file
            )
            while batch := list(itertools.islice(rows, BATCH)):
                BinNumber.objects.bulk_create(batch)

    return run


WAYS = {"plain COPY": plain_copy, "import": import_file, "bulk_create": bulk_create}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    way, path, card_id = sys.argv[1:]
    run = WAYS[way](Path(path), int(card_id))
    start = time.perf_counter()
    run()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    json.dump({"seconds": seconds, "peak_bytes": peak}, sys.stdout)


if __name__ == "__main__":
    main()
