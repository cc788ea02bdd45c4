"""The first lines of a file as its layout reads them, before anything is loaded."""

from itertools import islice
from typing import BinaryIO

from django.conf import settings

from billing.models import StatementLayout
from billing.statements.layouts import DERIVED, FAULTS, RowReader, columns_of
from config.kit.importing.rows import Table
from config.kit.importing.sources import opened
from config.kit.importing.workbooks import WorkbookSource
from config.kit.lib.card_numbers import mask_card_numbers

SHOWN = 5


def preview(layout: StatementLayout, file: BinaryIO) -> list[dict[str, str]]:
    """For each line what was read, by the names of DERIVED; `row_fault` in words. Raises FileUnreadableError."""
    columns = columns_of(layout)
    with opened(file, max_bytes=settings.IMPORT_MAX_BYTES, progress=lambda *_: None) as source:
        table = Table(source, columns, header=True, separator=source.separator, mask=mask_card_numbers)
        read = RowReader(layout, is_workbook=isinstance(source, WorkbookSource))
        records = (record for batch in table.batches() for record in batch)
        found = [
            dict(zip(DERIVED, read(cells), strict=True)) for _line, cells, _fault in islice(records, SHOWN)
        ]
    return [row | {"row_fault": FAULTS.get(row["row_fault"], "")} for row in found]
