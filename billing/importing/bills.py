"""Bills of subscriptions: number, subscription (its number), amount, currency, issued_on, due_on, description."""

from collections.abc import Sequence
from typing import Any

import moneyed
from django.db.backends.utils import CursorWrapper

from billing.models.bill import MAX_NUMBER
from config.kit.importing.engine import Loader, run
from config.kit.importing.inserting import insert_new
from config.kit.importing.reasons import Reason
from config.kit.importing.report import Report
from config.kit.importing.rows import Column
from config.kit.importing.rules import date_fault, missing, not_whole_number, too_long
from config.kit.importing.tables import IDENTITY, TempTable, TempView
from config.kit.importing.text import Progress, ReadableFile
from config.kit.lib.card_numbers import mask_card_numbers
from config.kit.lib.money import decimal_places

PLACES = ", ".join(f"('{code}', {decimal_places(code)})" for code in sorted(moneyed.CURRENCIES))

# The key shares prevent changes of subscriptions and currencies until the end of the transaction.
_READY = TempTable(
    "import_ready",
    {
        "line": "integer",
        "identity": IDENTITY,
        "number": "integer",
        "subscription_id": "bigint",
        "amount": "numeric",
        "given_currency": "text",
        "currency": "text",
        "issued_on": "date",
        "due_on": "date",
        "description": "text",
    },
)
_FILL_READY = """
    INSERT INTO import_ready
    SELECT line, identity, identity::integer, subscription.id, fresh.amount::numeric, fresh.currency,
           account.currency, fresh.issued_on::date, fresh.due_on::date, coalesce(fresh.description, '')
    FROM import_new AS fresh
    JOIN billing_subscription AS subscription ON subscription.number = fresh.subscription::bigint
    JOIN billing_account AS account ON account.id = subscription.account_id
    FOR KEY SHARE OF subscription, account;
    ANALYZE import_ready
"""
_REFUSED = f"""
    INSERT INTO import_refused
    SELECT line, 'unknown_subscription' FROM import_new WHERE line NOT IN (SELECT line FROM import_ready);
    INSERT INTO import_refused
    SELECT line, 'currency_not_of_account' FROM import_ready WHERE given_currency <> currency;
    INSERT INTO import_refused
    SELECT line, 'amount_places'
    FROM import_ready JOIN (VALUES {PLACES}) AS known (code, places) ON code = currency
    WHERE scale(trim_scale(amount)) > places AND line NOT IN (SELECT line FROM import_refused);
    INSERT INTO import_refused
    SELECT line, 'bill_of_another_subscription'
    FROM import_ready AS ready JOIN billing_bill AS stored USING (number)
    WHERE stored.subscription_id <> ready.subscription_id AND line NOT IN (SELECT line FROM import_refused);
    ANALYZE import_refused
"""  # noqa: S608 constants
_KNOWN = """
    INSERT INTO import_known
    SELECT identity FROM import_ready JOIN billing_bill AS stored USING (number)
    WHERE line NOT IN (SELECT line FROM import_refused);
    ANALYZE import_known
"""
_WANTED = TempView(
    "import_wanted",
    list(_READY.columns),
    """
    SELECT * FROM import_ready
    WHERE identity NOT IN (SELECT identity FROM import_known) AND line NOT IN (SELECT line FROM import_refused)
    """,
)
_INSERT = """
    INSERT INTO billing_bill (
        number, subscription_id, amount, currency, issued_on, due_on, description, paid_amount,
        closed_reason, created_date, modified_date
    )
    SELECT number, subscription_id, amount, currency, issued_on, due_on, description, 0, '', now(), now()
    FROM import_wanted ORDER BY identity
"""


def _derive(cells: Sequence[str]) -> Sequence[str]:
    """Faults of the dates."""
    return date_fault(cells[4]), date_fault(cells[5])


def _save(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    for sql in (_FILL_READY, _REFUSED, _KNOWN):
        cursor.execute(sql)
    insert_new(cursor, _INSERT, source="import_wanted", conflict="number", returning="number::text")


LOADER = Loader(
    columns=[
        Column.of(
            "number",
            "bill",
            "bill_id",
            "bill_number",
            turkish=("fatura_no", "fatura_numarasi"),
            required=True,
        ),
        Column.of(
            "subscription",
            "subscription_id",
            "subscription_number",
            turkish=("abonelik_no", "abone_no"),
            required=True,
        ),
        Column.of("amount", turkish=("tutar",), required=True),
        Column.of("currency", turkish=("para_birimi",)),
        Column.of("issued_on", turkish=("fatura_tarihi", "duzenleme_tarihi"), required=True),
        Column.of("due_on", turkish=("son_odeme_tarihi", "vade"), required=True),
        Column.of("description", turkish=("aciklama",)),
    ],
    header=True,
    key="number",
    identity="number",
    derived=["issued_fault", "due_fault"],
    derive=_derive,
    mask=mask_card_numbers,
    rules=(
        missing("number", "number"),
        not_whole_number("number", limit=MAX_NUMBER),
        missing("subscription", "subscription"),
        not_whole_number("subscription"),
        missing("amount", "amount"),
        (
            "amount !~ '^[0-9]{1,14}([.][0-9]{1,4})?$'",
            Reason("amount_unreadable", "amount is not a number like 125.50"),
        ),
        ("amount::numeric <= 0", Reason("amount_not_positive", "amount is not greater than zero")),
        (
            "issued_fault IS NOT NULL",
            Reason("issued_on_unreadable", "issued_on is not a date like 2026-01-31"),
        ),
        ("due_fault IS NOT NULL", Reason("due_on_unreadable", "due_on is not a date like 2026-01-31")),
        too_long("description", "description", 500),
    ),
    refusals=[
        Reason("unknown_subscription", "unknown subscription"),
        Reason("currency_not_of_account", "currency is not the account's"),
        Reason("amount_places", "amount has too many decimal places for its currency"),
        Reason("bill_of_another_subscription", "the bill number belongs to another subscription"),
    ],
    tables=[_READY, _WANTED],
    save=_save,
)


def import_bills(*, file: ReadableFile, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Add new bills; existing ones stay unchanged (`exists`).

    `currency` defaults to the account's. `number` is required: without it, importing a file twice would bill twice.
    """
    return run(LOADER, file=file, parameters={}, dry_run=dry_run, progress=progress)
