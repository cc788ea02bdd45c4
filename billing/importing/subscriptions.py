"""Subscriptions of accounts: account_number, number, name, status."""

from typing import Any

from django.db.backends.utils import CursorWrapper

from billing.models import SubscriptionStatus
from config.kit.importing.engine import Loader, run
from config.kit.importing.inserting import insert_new
from config.kit.importing.reasons import Reason
from config.kit.importing.report import Report
from config.kit.importing.rows import Column
from config.kit.importing.rules import missing, not_one_line, not_whole_number, too_long
from config.kit.importing.tables import IDENTITY, TempTable, TempView
from config.kit.importing.text import Progress, ReadableFile
from config.kit.lib.card_numbers import mask_card_numbers

STATUSES = ", ".join(f"'{status}'" for status in SubscriptionStatus.values)

# The key share prevents deletion of the accounts until the end of the transaction.
_READY = TempTable(
    "import_ready",
    {
        "line": "integer",
        "identity": IDENTITY,
        "number": "text",
        "name": "text",
        "status": "text",
        "account_id": "bigint",
    },
)
_FILL_READY = """
    INSERT INTO import_ready
    SELECT line, identity, number, fresh.name, status, account.id
    FROM import_new AS fresh JOIN billing_account AS account ON account.account_number = fresh.account_number
    FOR KEY SHARE OF account;
    ANALYZE import_ready
"""
_REFUSED = """
    INSERT INTO import_refused
    SELECT line, 'unknown_account' FROM import_new WHERE line NOT IN (SELECT line FROM import_ready);
    INSERT INTO import_refused
    SELECT line, 'subscription_of_another_account'
    FROM import_ready AS ready JOIN billing_subscription AS stored ON stored.number = identity::bigint
    WHERE stored.account_id <> ready.account_id
"""
_KNOWN = """
    INSERT INTO import_known
    SELECT identity
    FROM import_ready AS ready JOIN billing_subscription AS stored ON stored.number = identity::bigint
    WHERE stored.account_id = ready.account_id
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
    INSERT INTO billing_subscription (account_id, number, name, status, created_date, modified_date)
    SELECT account_id, identity::bigint, coalesce(name, ''), coalesce(lower(status), 'active'), now(), now()
    FROM import_wanted ORDER BY identity
"""


def _save(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    for sql in (_FILL_READY, _REFUSED, _KNOWN):
        cursor.execute(sql)
    insert_new(cursor, _INSERT, source="import_wanted", conflict="number", returning="number::text")


LOADER = Loader(
    columns=[
        Column.of(
            "number", "subscription", "subscription_id", turkish=("abonelik_no", "abone_no"), required=True
        ),
        Column.of(
            "account_number", "account_no", "account", turkish=("hesap_no", "hesap_numarasi"), required=True
        ),
        Column.of("name", turkish=("adi", "ad")),
        Column.of("status", turkish=("durum",)),
    ],
    header=True,
    key="number",
    identity="number",
    mask=mask_card_numbers,
    rules=(
        missing("number", "number"),
        not_whole_number("number"),
        missing("account_number", "account number"),
        too_long("name", "name", 200),
        not_one_line("name", "name"),
        (
            f"lower(status) NOT IN ({STATUSES})",
            Reason("unknown_status", "status is not active, suspended or ended"),
        ),
    ),
    refusals=[
        Reason("unknown_account", "unknown account"),
        Reason("subscription_of_another_account", "the number belongs to another account's subscription"),
    ],
    tables=[_READY, _WANTED],
    save=_save,
)


def import_subscriptions(
    *, file: ReadableFile, dry_run: bool = False, progress: Progress | None = None
) -> Report:
    """Add new subscriptions; existing ones stay unchanged (`exists`)."""
    return run(LOADER, file=file, parameters={}, dry_run=dry_run, progress=progress)
