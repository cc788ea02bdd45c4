"""Loads a bank's file: all of it, or nothing with the line and the reason. Loading it again changes nothing."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from billing.models import Statement, StatementLayout, StatementPart
from billing.statement_fields import FIELDS
from billing.statements.layouts import DERIVED, FAULTS, FOOTER, RowReader, columns_of
from billing.statements.lines import lock_bank
from billing.statements.refusals import StatementRefusedError, refuse_other_encoding
from config.kit.importing.engine import Loader, run
from config.kit.importing.reasons import Reason
from config.kit.importing.rules import missing, too_long
from config.kit.importing.tables import IDENTITY, TempTable
from config.kit.importing.text import Progress
from config.kit.importing.workbooks import ZIP
from config.kit.lib.card_numbers import mask_card_numbers
from config.kit.lib.sealed_file import PART

_READY = TempTable(
    "import_ready",
    {
        "line": "integer", "identity": IDENTITY, "pos_id": "bigint", "fingerprint": "text", "occurrence": "integer",
    },
)  # fmt: skip
_SAID = ", ".join(
    f"coalesce({name}, '')"
    for name in ("terminal_number", "order_id", "host_reference", "auth_code", *DERIVED[:-1])
)
_FILL = f"""
    INSERT INTO import_ready
    SELECT line, line::text, agreement.pos_id, print, row_number() OVER (PARTITION BY print ORDER BY line)
    FROM (SELECT *, md5(concat_ws('|', {_SAID})) AS print FROM import_rows WHERE line_kind <> '{FOOTER}') AS said
    LEFT JOIN billing_acquiringagreement AS agreement
        ON agreement.bank_id = %(bank)s AND agreement.terminal_number = said.terminal_number;
    ANALYZE import_ready;
    INSERT INTO import_known
    SELECT identity FROM import_ready JOIN billing_statementline AS stored USING (fingerprint, occurrence)
    WHERE stored.bank_id = %(bank)s
"""  # noqa: S608 constants
_INSERT = """
    INSERT INTO billing_statementline (
        statement_id, bank_id, pos_id, line, kind, terminal_number, order_id, host_reference, auth_code, last_four,
        sold_on, value_date, installment_number, gross, commission, net, currency, fingerprint, occurrence
    )
    SELECT %(statement)s, %(bank)s, ready.pos_id, line, line_kind, terminal_number, coalesce(order_id, ''),
           coalesce(host_reference, ''), coalesce(auth_code, ''), coalesce(last_four, ''), sold_day::date,
           value_day::date, part::integer, gross_amount::numeric, commission_amount::numeric, net_amount::numeric,
           line_currency, ready.fingerprint, ready.occurrence
    FROM import_rows JOIN import_ready AS ready USING (line)
    ORDER BY line
    ON CONFLICT (bank_id, fingerprint, occurrence) DO NOTHING
"""
_TOTALS = f"""
    WITH listed AS (SELECT * FROM import_rows WHERE line_kind <> '{FOOTER}'),
         footer AS (SELECT * FROM import_rows WHERE line_kind = '{FOOTER}')
    SELECT (SELECT count(*) FROM footer), (SELECT max(line) FROM footer), (SELECT max(line) FROM listed),
           f.gross_amount::numeric, f.commission_amount::numeric, f.net_amount::numeric,
           (SELECT sum(gross_amount::numeric * sign) FROM listed, LATERAL {{sign}}),
           (SELECT coalesce(sum(commission_amount::numeric * sign), 0) FROM listed, LATERAL {{sign}}),
           (SELECT coalesce(sum(net_amount::numeric * sign), 0) FROM listed, LATERAL {{sign}})
    FROM (SELECT 1) AS one LEFT JOIN footer AS f ON true LIMIT 1
""".format(sign="(SELECT CASE line_kind WHEN 'refund' THEN -1 ELSE 1 END AS sign) AS s")  # noqa: S608 constants


@dataclass(frozen=True)
class Loaded:
    """`statement` is None after a dry run; `is_new` False: this file was loaded before."""

    statement: Statement | None
    created: int
    known: int
    is_new: bool = True


def load_statement(
    layout: StatementLayout,
    *,
    file: BinaryIO,
    name: str,
    first_day: date,
    last_day: date,
    user_id: int | None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Loaded:
    """Lines that an earlier file had already are left out.

    Raises StatementRefusedError, FileUnreadableError (not such a list at all) and FileTooLargeError; nothing is
    written then.
    """
    digest, size = _hash(file)
    refuse_other_encoding(file, layout.encoding)
    with transaction.atomic():
        lock_bank(layout.bank_id)
        if known := Statement.objects.filter(layout__bank=layout.bank_id, sha256=digest).first():
            return Loaded(known, 0, known.lines.count(), is_new=False)
        statement = Statement.objects.create(
            layout=layout,
            name=name[-200:],
            sha256=digest,
            size=size,
            first_day=first_day,
            last_day=last_day,
            loaded_by_id=user_id,
        )
        parameters = {
            "statement": statement.pk, "bank": layout.bank_id, "first_day": first_day, "last_day": last_day,
        }  # fmt: skip
        loader = _loader(layout, is_workbook=_starts_with(file, ZIP))
        with run(loader, file=file, parameters=parameters, dry_run=dry_run, progress=progress) as report:
            known_lines = report.counts["exists"]
            created = report.counts["created"] - (1 if layout.footer_word else 0)
        if not dry_run:
            _keep_original(statement, file)
        transaction.set_rollback(dry_run)
    return Loaded(None if dry_run else statement, created, known_lines)


def read_original(statement: Statement) -> bytes:
    return b"".join(base64.b64decode(part.data) for part in statement.parts.order_by("number"))


def _loader(layout: StatementLayout, *, is_workbook: bool) -> Loader:
    loader: Loader

    def save(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
        _refuse_faults(cursor, loader)
        _refuse_cut_or_wrong(cursor, layout)
        _refuse_other_month(cursor, parameters)
        cursor.execute(_FILL, parameters)
        _refuse_other_bank(cursor)
        cursor.execute(_INSERT, parameters)

    loader = Loader(
        columns=columns_of(layout),
        header=True,
        key=FIELDS[0],
        keys_repeat=True,
        identity="concat(line)",
        derived=DERIVED,
        derive=RowReader(layout, is_workbook=is_workbook),
        mask=mask_card_numbers,
        rules=(
            *((f"row_fault = '{code}'", Reason(code, text)) for code, text in FAULTS.items()),
            missing("terminal_number", "terminal number"),
            *(
                too_long(name, name, limit)
                for name, limit in {
                    "terminal_number": 32, "order_id": 64, "host_reference": 64, "auth_code": 64,
                }.items()
            ),
        ),
        tables=[_READY],
        save=save,
    )  # fmt: skip
    return loader


def _refuse_faults(cursor: CursorWrapper, loader: Loader) -> None:
    cursor.execute(
        f"SELECT line, reason FROM (SELECT line, {loader.reason} AS reason FROM import_rows) AS judged "  # noqa: S608
        "WHERE reason IS NOT NULL ORDER BY line LIMIT 1"
    )
    if row := cursor.fetchone():
        raise StatementRefusedError(str(loader.reasons.read(row[1])), line=row[0])


def _refuse_cut_or_wrong(cursor: CursorWrapper, layout: StatementLayout) -> None:
    """By the line of totals, where the bank writes one."""
    if not layout.footer_word:
        return
    cursor.execute(_TOTALS)
    count, footer_line, last_line, *sums = cursor.fetchone()
    if not count or last_line is None:
        raise StatementRefusedError(_("The line of totals is missing: the file was cut."), line=last_line)
    if count > 1 or footer_line < last_line:
        raise StatementRefusedError(_("There are lines after the totals."), line=footer_line)
    for name, told, found in zip((_("gross"), _("commission"), _("net")), sums[:3], sums[3:], strict=True):
        if told is not None and told != found:
            text = _("The totals say %(told)s %(name)s, the lines add up to %(found)s.")
            raise StatementRefusedError(
                text % {"told": f"{told:f}", "name": name, "found": f"{found:f}"}, line=footer_line
            )


def _refuse_other_month(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    cursor.execute(
        "SELECT line, sold_day FROM import_rows WHERE line_kind <> 'footer' "
        "AND sold_day::date NOT BETWEEN %(first_day)s AND %(last_day)s ORDER BY line LIMIT 1",
        parameters,
    )
    if row := cursor.fetchone():
        text = _("A sale of %(day)s is not in the days of this statement.")
        raise StatementRefusedError(text % {"day": row[1]}, line=row[0])


def _refuse_other_bank(cursor: CursorWrapper) -> None:
    cursor.execute("SELECT count(*), count(pos_id), min(line) FROM import_ready")
    total, known, line = cursor.fetchone()
    if total and not known:
        raise StatementRefusedError(_("No terminal of this file is one of ours at this bank."), line=line)


def _hash(file: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while block := file.read(PART):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def _starts_with(file: BinaryIO, start: bytes) -> bool:
    file.seek(0)
    return file.read(len(start)) == start


def _keep_original(statement: Statement, file: BinaryIO) -> None:
    file.seek(0)
    number = 0
    while block := file.read(PART):
        StatementPart(statement=statement, number=number, data=base64.b64encode(block).decode()).save()
        number += 1
