"""Commission plans of a channel's POS: one row for each plan, with the slugs of POS and card type.

`export_rows` writes what `import_commission_plans` reads.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import moneyed
from django.db.backends.utils import CursorWrapper

from billing.models import BorneBy, CommissionPlan, ValueRule
from config.kit.importing.engine import Loader, run
from config.kit.importing.inserting import insert_new
from config.kit.importing.reasons import Reason
from config.kit.importing.report import Report
from config.kit.importing.rows import Column
from config.kit.importing.rules import Rule, date_fault, missing
from config.kit.importing.tables import IDENTITY, TempTable
from config.kit.importing.text import Progress, ReadableFile
from config.kit.lib.money import decimal_places
from payments.models import CardPaymentType, Channel

COLUMNS = (
    "pos", "card_type", "card_payment_type", "is_commercial", "is_own_bank", "installments", "currency",
    "valid_from", "valid_to", "rate", "fixed_amount", "value_rule", "value_days", "borne_by",
)  # fmt: skip

_FLAGS = {"": "", "true": "true", "yes": "true", "evet": "true", "1": "true"}
_FLAGS |= {"false": "false", "no": "false", "hayır": "false", "hayir": "false", "0": "false"}
_PLACES = ", ".join(f"('{code}', {decimal_places(code)})" for code in sorted(moneyed.CURRENCIES))
_SAME = """plan.pos_id = ready.pos_id AND plan.currency = ready.currency
      AND plan.card_payment_type = ready.card_payment_type
      AND plan.card_type_id IS NOT DISTINCT FROM ready.card_type_id
      AND plan.is_commercial IS NOT DISTINCT FROM ready.is_commercial
      AND plan.is_own_bank IS NOT DISTINCT FROM ready.is_own_bank
      AND plan.installments IS NOT DISTINCT FROM ready.installments
      AND daterange(plan.valid_from, plan.valid_to, '[]') && daterange(ready.valid_from, ready.valid_to, '[]')"""

_READY = TempTable(
    "import_ready",
    {
        "line": "integer", "identity": IDENTITY, "pos_id": "bigint", "card_type_id": "bigint",
        "card_payment_type": "text", "is_commercial": "boolean", "is_own_bank": "boolean",
        "installments": "integer", "currency": "text", "valid_from": "date", "valid_to": "date",
        "rate": "numeric", "fixed_amount": "numeric", "value_rule": "text", "value_days": "integer",
        "borne_by": "text",
    },
)  # fmt: skip
_FILL = f"""
    INSERT INTO import_refused
    SELECT line, CASE WHEN pos.id IS NULL THEN 'unknown_pos'
                      WHEN type.id IS NULL AND fresh.card_type IS NOT NULL THEN 'unknown_card_type'
                      ELSE 'fixed_places' END
    FROM import_new AS fresh
    JOIN (VALUES {_PLACES}) AS known (code, places) ON code = fresh.currency
    LEFT JOIN payments_pos AS pos ON pos.slug = fresh.pos AND pos.channel_id = %(channel)s
    LEFT JOIN payments_cardtype AS type ON type.slug = fresh.card_type AND type.channel_id = %(channel)s
    WHERE pos.id IS NULL OR (fresh.card_type IS NOT NULL AND type.id IS NULL)
       OR scale(trim_scale(coalesce(fresh.fixed_amount, '0')::numeric)) > places;
    INSERT INTO import_ready
    SELECT line, identity, pos.id, type.id, coalesce(card_payment_type, ''), commercial_flag::boolean,
           own_flag::boolean, installments::integer, currency, valid_from::date, valid_to::date, rate::numeric,
           coalesce(fixed_amount, '0')::numeric, coalesce(value_rule, 'next_working_day'),
           coalesce(value_days, '0')::integer, coalesce(borne_by, 'merchant')
    FROM import_new AS fresh
    JOIN payments_pos AS pos ON pos.slug = fresh.pos AND pos.channel_id = %(channel)s
    LEFT JOIN payments_cardtype AS type ON type.slug = fresh.card_type AND type.channel_id = %(channel)s
    WHERE line NOT IN (SELECT line FROM import_refused)
"""  # noqa: S608 constants
_JUDGE = f"""
    INSERT INTO import_known
    SELECT identity FROM import_ready AS ready JOIN billing_commissionplan AS plan ON {_SAME}
    WHERE plan.valid_from = ready.valid_from AND plan.valid_to IS NOT DISTINCT FROM ready.valid_to
      AND (plan.rate, plan.fixed_amount, plan.value_rule, plan.value_days, plan.borne_by)
          = (ready.rate, ready.fixed_amount, ready.value_rule, ready.value_days, ready.borne_by);
    INSERT INTO import_refused
    SELECT DISTINCT ready.line, 'overlaps'
    FROM import_ready AS ready JOIN billing_commissionplan AS plan ON {_SAME}
    WHERE identity NOT IN (SELECT identity FROM import_known);
    INSERT INTO import_refused
    SELECT DISTINCT ready.line, 'overlaps'
    FROM import_ready AS ready JOIN import_ready AS plan ON {_SAME}
    WHERE plan.line < ready.line AND ready.line NOT IN (SELECT line FROM import_refused);
"""  # noqa: S608 constants
_INSERT = """
    INSERT INTO billing_commissionplan (
        pos_id, card_type_id, card_payment_type, is_commercial, is_own_bank, installments, currency, valid_from,
        valid_to, rate, fixed_amount, value_rule, value_days, borne_by, created_date, modified_date
    )
    SELECT pos_id, card_type_id, card_payment_type, is_commercial, is_own_bank, installments, currency, valid_from,
           valid_to, rate, fixed_amount, value_rule, value_days, borne_by, now(), now()
    FROM import_ready
    WHERE identity NOT IN (SELECT identity FROM import_known) AND line NOT IN (SELECT line FROM import_refused)
    ORDER BY identity
"""


def _derive(cells: Sequence[str]) -> Sequence[str]:
    """The flags as PostgreSQL reads them, and faults of the dates."""
    row = dict(zip(COLUMNS, cells, strict=True))
    flags = [_FLAGS.get(row[name].casefold(), "?") for name in ("is_commercial", "is_own_bank")]
    ends = date_fault(row["valid_to"]) if row["valid_to"] else ""
    return [*flags, date_fault(row["valid_from"]), ends]


def _one_of(column: str, values: Sequence[str]) -> Rule:
    listed = ", ".join(f"'{value}'" for value in values)
    reason = Reason(f"{column}_unknown", f"{column} is none of %(values)s", {"values": ", ".join(values)})
    return f"{column} NOT IN ({listed})", reason


def _number(column: str, pattern: str, above: int | None = None) -> Rule:
    too_large = "" if above is None else f" OR {column}::numeric > {above}"
    condition = f"CASE WHEN {column} ~ '{pattern}' THEN false{too_large} ELSE {column} IS NOT NULL END"
    return condition, Reason(f"{column}_unreadable", f"{column} is not a number in its range")


def _save(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    cursor.execute(_FILL, parameters)
    cursor.execute(_JUDGE)
    insert_new(cursor, _INSERT, source="import_ready", conflict="id", returning="id::text")


_COLUMNS = {
    "pos": Column.of("pos", "pos_slug", required=True),
    "card_type": Column.of("card_type", "card_type_slug", turkish=("kart_tipi",)),
    "installments": Column.of("installments", "installment_count", turkish=("taksit", "taksit_sayisi")),
    "currency": Column.of("currency", turkish=("para_birimi",), required=True),
    "valid_from": Column.of("valid_from", turkish=("baslangic", "gecerlilik_baslangici"), required=True),
    "valid_to": Column.of("valid_to", turkish=("bitis", "gecerlilik_bitisi")),
    "rate": Column.of("rate", "commission_rate", turkish=("komisyon_orani", "oran"), required=True),
    "value_days": Column.of("value_days", turkish=("valor", "valor_gunu")),
}

LOADER = Loader(
    columns=[_COLUMNS.get(name) or Column.of(name) for name in COLUMNS],
    header=True,
    key="pos",
    keys_repeat=True,
    identity="concat_ws(';', " + ", ".join(f"coalesce({name}, '')" for name in COLUMNS) + ")",
    derived=["commercial_flag", "own_flag", "from_fault", "to_fault"],
    derive=_derive,
    rules=(
        missing("pos", "pos"),
        missing("currency", "currency"),
        _one_of("currency", sorted(moneyed.CURRENCIES)),
        _one_of("card_payment_type", CardPaymentType.values),
        _one_of("value_rule", ValueRule.values),
        _one_of("borne_by", BorneBy.values),
        ("commercial_flag = '?'", Reason("is_commercial_unreadable", "is_commercial is not true or false")),
        ("own_flag = '?'", Reason("is_own_bank_unreadable", "is_own_bank is not true or false")),
        _number("installments", "^[1-9][0-9]{0,2}$"),
        missing("rate", "rate"),
        _number("rate", "^[0-9]{1,3}([.][0-9]{1,4})?$", 100),
        _number("fixed_amount", "^[0-9]{1,14}([.][0-9]{1,4})?$"),
        _number("value_days", "^[0-9]{1,3}$", 366),
        (
            "from_fault IS NOT NULL",
            Reason("valid_from_unreadable", "valid_from is not a date like 2026-01-31"),
        ),
        ("to_fault IS NOT NULL", Reason("valid_to_unreadable", "valid_to is not a date like 2026-01-31")),
        ("valid_to < valid_from", Reason("ends_before_it_begins", "valid_to is before valid_from")),
    ),
    refusals=[
        Reason("unknown_pos", "unknown POS"),
        Reason("unknown_card_type", "unknown card type"),
        Reason("fixed_places", "fixed_amount has too many decimal places for its currency"),
        Reason("overlaps", "another plan for the same sales is valid in this time"),
    ],
    tables=[_READY],
    save=_save,
)


def import_commission_plans(
    *, channel: Channel, file: ReadableFile, dry_run: bool = False, progress: Progress | None = None
) -> Report:
    """Add new plans; existing ones stay unchanged (`exists`). A changed plan is a new one with a later beginning."""
    return run(LOADER, file=file, parameters={"channel": channel.pk}, dry_run=dry_run, progress=progress)


def export_rows(plans: Iterable[CommissionPlan]) -> Iterator[list[Any]]:
    """The heading, and a row for each plan, of which `pos` and `card_type` are known."""
    yield list(COLUMNS)
    for plan in plans:
        values = {name: getattr(plan, name) for name in COLUMNS}
        values |= {"pos": plan.pos.slug, "card_type": plan.card_type.slug if plan.card_type else ""}
        values |= {name: _flag(values[name]) for name in ("is_commercial", "is_own_bank")}
        yield ["" if value is None else value for value in values.values()]


def _flag(value: bool | None) -> str:
    return "" if value is None else str(value).lower()
