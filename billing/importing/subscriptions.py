"""Subscriptions of accounts: account_number, number, name, status."""

from typing import Any

from django.db.backends.utils import CursorWrapper

from billing.models import SubscriptionStatus
from config.kit.importing import Column, Progress, ReadableFile, Report
from config.kit.importing.engine import Loader, run
from config.kit.importing.inserting import insert_new
from config.kit.lib.masking import mask_card_numbers

STATUSES = ", ".join(f"'{status}'" for status in SubscriptionStatus.values)

# The key share keeps the accounts there until the end.
_READY = """
    CREATE TEMP TABLE import_ready ON COMMIT DROP AS
    SELECT line, identity, number, name, status, NULL::bigint AS account_id FROM import_new LIMIT 0;
    INSERT INTO import_ready
    SELECT line, identity, number, fresh.name, status, account.id
    FROM import_new AS fresh JOIN billing_account AS account ON account.account_number = fresh.account_number
    FOR KEY SHARE OF account;
    ANALYZE import_ready
"""
_REFUSED = """
    INSERT INTO import_refused
    SELECT line, 'no such account' FROM import_new WHERE line NOT IN (SELECT line FROM import_ready);
    INSERT INTO import_refused
    SELECT line, 'number of another account''s subscription'
    FROM import_ready AS ready JOIN billing_subscription AS stored ON stored.number = identity::bigint
    WHERE stored.account_id <> ready.account_id
"""
_KNOWN = """
    INSERT INTO import_known
    SELECT identity
    FROM import_ready AS ready JOIN billing_subscription AS stored ON stored.number = identity::bigint
    WHERE stored.account_id = ready.account_id
"""
_WANTED = """
    CREATE TEMP VIEW import_wanted AS
    SELECT * FROM import_ready
    WHERE identity NOT IN (SELECT identity FROM import_known) AND line NOT IN (SELECT line FROM import_refused)
"""
_INSERT = """
    INSERT INTO billing_subscription (account_id, number, name, status, created_date, modified_date)
    SELECT account_id, identity::bigint, coalesce(name, ''), coalesce(lower(status), 'active'), now(), now()
    FROM import_wanted ORDER BY identity
"""


def _save(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    for sql in (_READY, _REFUSED, _KNOWN, _WANTED):
        cursor.execute(sql)
    insert_new(cursor, _INSERT, source="import_wanted", conflict="number", returning="number::text")
    cursor.execute("DROP VIEW import_wanted; DROP TABLE import_ready")


LOADER = Loader(
    columns=[
        Column.of("number", "subscription", "subscription_id", required=True),
        Column.of("account_number", "account_no", "account", required=True),
        Column.of("name"),
        Column.of("status"),
    ],
    header=True,
    key="number",
    identity="number",
    mask=mask_card_numbers,
    rules=(
        ("number IS NULL", "no number"),
        (
            # the cast is only made of up to 19 digits
            "CASE WHEN number ~ '^[1-9][0-9]{0,18}$' THEN number::numeric > 9223372036854775807 ELSE true END",
            "number is no whole number from 1 to 9223372036854775807",
        ),
        ("account_number IS NULL", "no account number"),
        ("char_length(name) > 200", "name longer than 200 characters"),
        ("name ~ '[[:cntrl:]]'", "name of more than one line"),
        (f"lower(status) NOT IN ({STATUSES})", "status is not active, suspended or ended"),
    ),
    save=_save,
)


def import_subscriptions(
    *, file: ReadableFile, dry_run: bool = False, progress: Progress | None = None
) -> Report:
    """Add the subscriptions that there are not yet; one that is there stays as it is (`exists`)."""
    return run(LOADER, file=file, parameters={}, dry_run=dry_run, progress=progress)
