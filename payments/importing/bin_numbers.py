"""BINs for one card: one column, header optional."""

from typing import Any

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_noop

from config.kit.importing.engine import Loader, run
from config.kit.importing.inserting import insert_new
from config.kit.importing.reasons import Reason
from config.kit.importing.report import Report
from config.kit.importing.rows import Column
from config.kit.importing.tables import TempView
from config.kit.importing.text import Progress, ReadableFile
from payments.importing.locks import lock_card
from payments.importing.tables import BIN_COLUMNS, BINS
from payments.models import Card

BIN = Column.of(
    "bin_number", "bin", "bin_no", "bins", turkish=("bin_numarasi", "bin_kodu", "kart_bin"), required=True
)
BIN_RULES = (
    ("bin_number IS NULL", Reason("no_bin", gettext_noop("no BIN"))),
    (
        "octet_length(bin_number) NOT IN (6, 8) OR bin_number ~ '[^0-9]'",
        Reason("bin_not_6_or_8_digits", gettext_noop("not 6 or 8 digits")),
    ),
)

_KNOWN = """
    INSERT INTO import_known
    SELECT identity FROM import_new
    WHERE EXISTS (
        SELECT FROM payments_binnumber AS stored
        WHERE stored.bin_number = identity AND stored.channel_id = %(channel)s
    )
"""
_INSERT = """
    INSERT INTO payments_binnumber (bin_number, card_id, channel_id, is_active, created_date, modified_date)
    SELECT identity, card_id, %(channel)s, true, now(), now() FROM import_bins ORDER BY identity
"""
_BINS = TempView(
    BINS,
    BIN_COLUMNS,
    """
    SELECT identity, %(card)s::bigint FROM import_new AS fresh
    WHERE NOT EXISTS (SELECT FROM import_known AS known WHERE known.identity = fresh.identity)
    """,
)


def find_known_bins(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    """Put what the channel has into `import_known`."""
    cursor.execute(_KNOWN, parameters)
    cursor.execute("ANALYZE import_known")


def insert_bins(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    """Insert the import's view `tables.BINS`."""
    insert_new(
        cursor,
        _INSERT,
        source=BINS,
        conflict="bin_number, channel_id",
        returning="bin_number",
        parameters=parameters,
    )


def _save(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    lock_card(cursor, parameters["card"])
    find_known_bins(cursor, parameters)
    insert_bins(cursor, parameters)


LOADER = Loader(
    columns=[BIN],
    header=False,
    key="bin_number",
    identity="bin_number",
    rules=BIN_RULES,
    tables=[_BINS],
    save=_save,
)


def import_bin_numbers(
    *, card: Card, file: ReadableFile, dry_run: bool = False, progress: Progress | None = None
) -> Report:
    """Give `card` the BINs of the file. A BIN that the channel has stays on its card: `exists`."""
    parameters = {"card": card.pk, "channel": card.channel_id}
    return run(LOADER, file=file, parameters=parameters, dry_run=dry_run, progress=progress)
