"""BINs for one card: one column, header optional."""

from typing import Any

from django.db.backends.utils import CursorWrapper

from payments.importing.engine import Loader, run
from payments.importing.report import Report
from payments.importing.rows import Column
from payments.importing.text import Progress, ReadableFile
from payments.models import Card

BIN = Column.of("bin_number", "bin", "bin_no", "bins", required=True)
BIN_RULES = (
    ("bin_number IS NULL", "no BIN"),
    ("bin_number !~ '^([0-9]{6}|[0-9]{8})$'", "not 6 or 8 digits"),
)

_INSERT = """
    WITH inserted AS (
        INSERT INTO payments_binnumber
            (bin_number, card_id, channel_id, is_active, created_date, modified_date)
        SELECT fresh.identity, %(card)s, %(channel)s, true, now(), now()
        FROM import_new AS fresh
        WHERE NOT EXISTS (
            SELECT FROM payments_binnumber AS stored
            WHERE stored.bin_number = fresh.identity AND stored.channel_id = %(channel)s
        )
        ORDER BY fresh.identity
        ON CONFLICT (bin_number, channel_id) DO NOTHING
        RETURNING bin_number
    )
    INSERT INTO import_created (identity) SELECT bin_number FROM inserted
"""


def _save(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    cursor.execute(_INSERT, parameters)


LOADER = Loader(
    columns=[BIN], header=False, key="bin_number", identity="bin_number", rules=BIN_RULES, save=_save
)  # fmt: skip


def import_bin_numbers(
    *, card: Card, file: ReadableFile, dry_run: bool = False, progress: Progress | None = None
) -> Report:
    """Give `card` the BINs of the file. A BIN that the channel has stays on its card: `exists`."""
    parameters = {"card": card.pk, "channel": card.channel_id}
    return run(LOADER, file=file, parameters=parameters, dry_run=dry_run, progress=progress)
