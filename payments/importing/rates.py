"""Commission rates of a channel: card, installments, rate. Changes what cards offer, and adds nothing to it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_noop

from config.kit.importing.engine import Loader, run
from config.kit.importing.reasons import Reason
from config.kit.importing.report import Report
from config.kit.importing.rows import Column
from config.kit.importing.tables import IDENTITY, TempTable
from config.kit.importing.text import Progress, ReadableFile
from config.kit.lib.decimal_text import AmbiguousDecimalError, read_decimal
from config.kit.lib.errors import PreviewOutdatedError
from config.kit.lib.seen import check_seen, seen_of
from payments.importing.locks import lock_channel
from payments.models import Channel

_WANTED = TempTable(
    "import_wanted",
    {"line": "integer", "identity": IDENTITY, "cards": "integer", "term": "bigint", "before": "numeric",
     "after": "numeric"},
)  # fmt: skip
_FIND = """
    INSERT INTO import_wanted (line, identity, cards, term, after)
    SELECT fresh.line, fresh.identity, named.cards, term.id, fresh.rate_value::numeric
    FROM import_new AS fresh
    CROSS JOIN LATERAL (
        SELECT count(*) AS cards, min(card.id) AS id FROM payments_card AS card
        WHERE card.channel_id = %(channel)s AND (card.slug = fresh.card OR lower(card.name) = lower(fresh.card))
    ) AS named
    LEFT JOIN payments_installment AS term
      ON term.card_id = named.id AND term.installment_count = fresh.installments::int
"""
_LOCK = """
    SELECT FROM payments_installment
    WHERE id IN (SELECT term FROM import_wanted WHERE cards = 1) ORDER BY id FOR NO KEY UPDATE
"""
_READ = """
    UPDATE import_wanted SET before = stored.interest_rate
    FROM payments_installment AS stored WHERE stored.id = import_wanted.term AND cards = 1
"""
_REFUSE = """
    INSERT INTO import_refused
    SELECT line, CASE
        WHEN cards = 0 THEN 'no_such_card'
        WHEN cards > 1 THEN 'several_cards'
        WHEN term IS NULL THEN 'not_offered'
        WHEN line > min(line) OVER (PARTITION BY term) THEN 'named_twice'
        ELSE 'above_bound' || json_build_object('bound', %(bound)s::text)::text
    END
    FROM import_wanted
    WHERE cards <> 1 OR term IS NULL OR (%(bound)s::numeric IS NOT NULL AND after > %(bound)s::numeric)
       OR (term, line) NOT IN (
           SELECT term, min(line) FROM import_wanted WHERE cards = 1 AND term IS NOT NULL GROUP BY term
       )
"""
_KNOWN = """
    INSERT INTO import_known SELECT identity FROM import_wanted
    WHERE before = after AND line NOT IN (SELECT line FROM import_refused)
"""
_CHANGE = """
    UPDATE payments_installment AS stored SET interest_rate = after, modified_date = now()
    FROM import_wanted
    WHERE stored.id = term AND before <> after AND line NOT IN (SELECT line FROM import_refused)
"""
_NOTE = """
    INSERT INTO import_noted
    SELECT line, 'changed' || json_build_object(
        'before', trim_scale(before)::text, 'after', trim_scale(after)::text
    )::text
    FROM import_wanted WHERE before <> after AND line NOT IN (SELECT line FROM import_refused)
"""


def _derive(cells: Sequence[str]) -> Sequence[str]:
    """The rate as a plain number, and its fault."""
    text = cells[2].replace("%", "").strip()
    if not text:
        return "", ""
    try:
        rate = read_decimal(text)
    except AmbiguousDecimalError:
        return "", "ambiguous"
    except ValueError:
        return "", "unreadable"
    return f"{rate:f}", "range" if not 0 <= rate < 1000 or rate != round(rate, 6) else ""


def _save(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    lock_channel(cursor, parameters["channel"])
    cursor.execute(_FIND, parameters)
    cursor.execute("ANALYZE import_wanted")
    cursor.execute(_LOCK)
    cursor.execute(_READ)
    cursor.execute(_REFUSE, parameters)
    for statement in (_KNOWN, _CHANGE, _NOTE):
        cursor.execute(statement)


LOADER = Loader(
    columns=[
        Column.of("card", "card_slug", "slug", turkish=("kart", "kart_adi", "kart_kisa_adi"), required=True),
        Column.of("installments", "installment_count", turkish=("taksit", "taksit_sayisi"), required=True),
        Column.of(
            "rate",
            "interest_rate",
            "commission_rate",
            turkish=("oran", "komisyon_orani", "faiz_orani"),
            required=True,
        ),
    ],
    header=True,
    key="card",
    keys_repeat=True,
    identity="card || ' ' || installments",
    derived=["rate_value", "rate_fault"],
    derive=_derive,
    rules=(
        ("card IS NULL", Reason("no_card_named", gettext_noop("no card"))),
        (
            "installments IS NULL OR installments !~ '^[1-9][0-9]{0,2}$'",
            Reason("installments", gettext_noop("installments are not a whole number from 1 to 999")),
        ),
        ("rate IS NULL", Reason("no_rate", gettext_noop("no rate"))),
        (
            "rate_fault = 'ambiguous'",
            Reason(
                "rate_ambiguous",
                gettext_noop("the rate can be read in two ways; write it with two decimal places"),
            ),
        ),
        ("rate_fault = 'unreadable'", Reason("rate_unreadable", gettext_noop("the rate is not a number"))),
        (
            "rate_fault = 'range'",
            Reason("rate_range", gettext_noop("the rate is not from 0 to 1000 with six decimal places")),
        ),
    ),
    refusals=[
        Reason("no_such_card", gettext_noop("the channel has no such card")),
        Reason("several_cards", gettext_noop("several cards have this name; use the slug")),
        Reason("not_offered", gettext_noop("the card does not offer this number of installments")),
        Reason("named_twice", gettext_noop("an earlier row has a rate for the same card and installments")),
        Reason("above_bound", gettext_noop("above the usual %(bound)s%%; confirm that it is right")),
    ],
    notes=[Reason("changed", gettext_noop("%(before)s%% becomes %(after)s%%"))],
    tables=[_WANTED],
    save=_save,
)


def import_rates(
    *,
    channel: Channel,
    file: ReadableFile,
    bound: Decimal | None = None,
    seen: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Change the rates that the file names: `created` rows of the report are changed ones, `exists` are as they were.

    Rates above `bound` (percent) are refused. With `seen`, the fingerprint of a dry run (`changes_seen`), raises
    PreviewOutdatedError where other rates would change, or to others, and changes nothing then.
    """
    with transaction.atomic():
        report = run(
            LOADER,
            file=file,
            parameters={"channel": channel.pk, "bound": bound},
            dry_run=dry_run,
            progress=progress,
        )
        try:
            if seen is not None:
                check_seen(seen, changes_seen(report))
        except PreviewOutdatedError:
            report.close()
            raise
    return report


def changes_seen(report: Report) -> str:
    """What a person decides on: each row that changes, from what and to what."""
    return seen_of([[row.line, row.note.parameters if row.note else {}] for row in report.notes()])
