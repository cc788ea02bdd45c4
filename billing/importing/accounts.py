"""Accounts of a channel: account_number, name, email, phone, currency."""

from collections.abc import Sequence
from typing import Any

import moneyed
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.backends.utils import CursorWrapper

from config.kit.importing.engine import Loader, run
from config.kit.importing.inserting import insert_new
from config.kit.importing.reasons import Reason
from config.kit.importing.report import Report
from config.kit.importing.rows import Column
from config.kit.importing.rules import missing, not_one_line, too_long
from config.kit.importing.tables import TempView
from config.kit.importing.text import Progress, ReadableFile
from config.kit.lib.card_numbers import mask_card_numbers
from payments.models import Channel

# Account numbers are unique across channels.
_REFUSED = """
    INSERT INTO import_refused
    SELECT line, 'account_of_another_channel'
    FROM import_new JOIN billing_account AS stored ON stored.account_number = identity
    WHERE stored.channel_id <> %(channel)s
"""
_KNOWN = """
    INSERT INTO import_known
    SELECT identity FROM import_new JOIN billing_account AS stored ON stored.account_number = identity
    WHERE stored.channel_id = %(channel)s
"""
_WANTED = TempView(
    "import_wanted",
    ["identity", "name", "email", "phone", "currency"],
    """
    SELECT identity, name, email, phone, currency FROM import_new
    WHERE identity NOT IN (SELECT identity FROM import_known) AND line NOT IN (SELECT line FROM import_refused)
    """,
)
_INSERT = """
    INSERT INTO billing_account
        (account_number, name, email, phone, currency, channel_id, created_date, modified_date)
    SELECT identity, name, coalesce(email, ''), coalesce(phone, ''), coalesce(currency, %(currency)s), %(channel)s,
           now(), now()
    FROM import_wanted ORDER BY identity
"""


def _derive(cells: Sequence[str]) -> Sequence[str]:
    """Faults of email and currency."""
    email, currency = cells[2], cells[4]
    return _email_fault(email) if email else "", "currency" if currency and not _is_currency(currency) else ""


def _email_fault(email: str) -> str:
    try:
        validate_email(email)
    except ValidationError:
        return "email"
    return "" if len(email) <= 254 else "email"


def _is_currency(code: str) -> bool:
    return code in moneyed.CURRENCIES


def _save(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    cursor.execute("SELECT FROM payments_channel WHERE id = %(channel)s FOR KEY SHARE", parameters)
    cursor.execute(_REFUSED, parameters)
    cursor.execute(_KNOWN, parameters)
    insert_new(
        cursor,
        _INSERT,
        source="import_wanted",
        conflict="account_number",
        returning="account_number",
        parameters=parameters,
    )


LOADER = Loader(
    columns=[
        Column.of("account_number", "account_no", turkish=("hesap_no", "hesap_numarasi"), required=True),
        Column.of("name", turkish=("unvan", "ad_soyad", "adi", "ad"), required=True),
        Column.of("email", "e_mail", turkish=("e_posta", "eposta")),
        Column.of("phone", turkish=("telefon",)),
        Column.of("currency", turkish=("para_birimi",)),
    ],
    header=True,
    key="account_number",
    identity="account_number",
    derived=["email_fault", "currency_fault"],
    derive=_derive,
    mask=mask_card_numbers,
    rules=(
        missing("account_number", "account number"),
        too_long("account_number", "account number", 64),
        not_one_line("account_number", "account number"),
        missing("name", "name"),
        too_long("name", "name", 200),
        not_one_line("name", "name"),
        ("email_fault IS NOT NULL", Reason("email_unreadable", "email is not valid")),
        too_long("phone", "phone", 32),
        ("currency_fault IS NOT NULL", Reason("unknown_currency", "currency is not an ISO 4217 code")),
    ),
    refusals=[
        Reason("account_of_another_channel", "the account number belongs to another channel"),
    ],
    tables=[_WANTED],
    save=_save,
)


def import_accounts(
    *, channel: Channel, file: ReadableFile, dry_run: bool = False, progress: Progress | None = None
) -> Report:
    """Add new accounts to `channel`; existing ones stay unchanged (`exists`). `currency` defaults to the channel's."""
    parameters = {"channel": channel.pk, "currency": channel.default_currency}
    return run(LOADER, file=file, parameters=parameters, dry_run=dry_run, progress=progress)
