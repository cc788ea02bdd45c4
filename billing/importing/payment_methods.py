"""Payment methods of accounts: external_id, account_number, kind, holder_name and the columns of the kind.

Account numbers, routing numbers and tokens are encrypted before they reach any table, temporary ones included.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

from django.db import connection
from django.db.backends.utils import CursorWrapper

from billing.models import BankAccountType, MethodKind, PaymentMethod
from billing.payment_method_rules import (
    MAX_SECRET,
    Fault,
    MethodFacts,
    find_faults,
    full_year,
    guess_brand,
    is_masked_card,
    max_length,
)
from config.kit.importing.engine import Loader, run
from config.kit.importing.reasons import Reason
from config.kit.importing.report import Report
from config.kit.importing.rows import Column
from config.kit.importing.rules import Rule, missing, not_one_line, not_whole_number, too_long
from config.kit.importing.tables import TempTable, TempView, new_table
from config.kit.importing.text import Progress, ReadableFile
from config.kit.lib import days
from config.kit.lib.card_numbers import mask_card_numbers
from config.kit.lib.encrypted_model import next_keys
from config.kit.lib.encryption import EncryptedJSONField, seal_value
from config.kit.lib.masking import mask_number, read_masked_card

_KINDS = {kind.name.lower(): str(kind.value) for kind in MethodKind} | {
    str(kind.value): str(kind.value) for kind in MethodKind
}
_ACCOUNT_TYPES = {kind.name.lower(): str(kind.value) for kind in BankAccountType} | {
    str(kind.value): str(kind.value) for kind in BankAccountType
}
_FLAGS = {"": "", "1": "t", "true": "t", "yes": "t", "0": "f", "false": "f", "no": "f"}
_SECRETS = ("bank_account_number", "bank_routing_number", "gateway_token")
_KEY_BLOCK = 500

COLUMNS = [
    Column.of("external_id", "payment_method_id", required=True),
    Column.of(
        "account_number", "account_no", "account", turkish=("hesap_no", "hesap_numarasi"), required=True
    ),
    Column.of("kind", "payment_method_type", required=True),
    Column.of("holder_name", "holder", turkish=("kart_sahibi", "hesap_sahibi"), required=True),
    Column.of("subscription", "subscription_id", "subscription_number"),
    Column.of("card_mask", "card_number"),
    Column.of("brand"),
    Column.of("expiry_month"),
    Column.of("expiry_year"),
    Column.of("bank_name", turkish=("banka_adi", "banka")),
    Column.of("bank_account_type"),
    Column.of("bank_account_number"),
    Column.of("bank_routing_number"),
    Column.of("gateway"),
    Column.of("gateway_token"),
    Column.of("gateway_customer_id"),
    Column.of("is_default"),
]
_NAMES = [column.name for column in COLUMNS]
_PLACE = {name: place for place, name in enumerate(_NAMES)}

_DERIVED = [
    "kind_number",
    "mask",
    "brand_name",
    "month",
    "year",
    "account_type",
    "flag",
    "faults",
    "new_key",
    "sealed_account",
    "sealed_routing",
    "sealed_token",
]

# Locks the accounts, like the service: their default methods cannot change until the end of the transaction.
_READY = TempTable(
    "import_ready",
    {
        **new_table([*_NAMES, *_DERIVED]).columns,
        "account_id": "bigint",
        "subscription_key": "bigint",
    },
)
_FILL_READY = """
    INSERT INTO import_ready
    SELECT fresh.*, account.id, subscription.id
    FROM import_new AS fresh
    JOIN billing_account AS account ON account.account_number = fresh.account_number
    LEFT JOIN billing_subscription AS subscription
        ON subscription.number = fresh.subscription::bigint AND subscription.account_id = account.id
    ORDER BY account.id FOR NO KEY UPDATE OF account;
    ANALYZE import_ready
"""
_REFUSED = """
    INSERT INTO import_refused
    SELECT line, 'unknown_account' FROM import_new WHERE line NOT IN (SELECT line FROM import_ready);
    INSERT INTO import_refused
    SELECT line, 'subscription_not_of_account'
    FROM import_ready WHERE subscription IS NOT NULL AND subscription_key IS NULL
"""
_KNOWN = """
    INSERT INTO import_known
    SELECT identity FROM import_ready AS ready WHERE EXISTS (
        SELECT FROM billing_paymentmethod AS stored
        WHERE stored.account_id = ready.account_id AND stored.external_id = ready.external_id
    )
"""
_WANTED = TempView(
    "import_wanted",
    list(_READY.columns),
    """
    SELECT * FROM import_ready
    WHERE identity NOT IN (SELECT identity FROM import_known) AND line NOT IN (SELECT line FROM import_refused)
    """,
)
# The default of an account without one, among cards that can be charged: the first row with is_default yes, else the
# first without is_default.
_DEFAULTS = TempView(
    "import_defaults",
    ["line"],
    """
    SELECT DISTINCT ON (account_id) line FROM import_wanted
    WHERE flag IS DISTINCT FROM 'f' AND kind_number = '1' AND gateway IS NOT NULL AND sealed_token IS NOT NULL
      AND year::integer * 12 + month::integer >= %(this_month)s
      AND account_id NOT IN (SELECT account_id FROM billing_paymentmethod WHERE is_default)
    ORDER BY account_id, flag NULLS LAST, line
    """,
)
_INSERT = """
    INSERT INTO billing_paymentmethod (
        id, account_id, subscription_id, kind, external_id, holder_name, card_owner, masked_card, brand, expiry_month,
        expiry_year, bank_name, bank_account_type, bank_account_number, bank_account_mask, bank_routing_number,
        bank_routing_mask, gateway, gateway_token, gateway_token_mask, gateway_customer_id, is_default, is_active,
        created_date, modified_date
    )
    SELECT new_key::bigint, account_id, subscription_key, kind_number::smallint, external_id, holder_name, '',
           coalesce(mask, ''), coalesce(brand_name, ''), month::smallint, year::smallint, coalesce(bank_name, ''),
           account_type::smallint, sealed_account, coalesce(bank_account_number, ''), sealed_routing,
           coalesce(bank_routing_number, ''), coalesce(gateway, ''), sealed_token, coalesce(gateway_token, ''),
           coalesce(gateway_customer_id, ''), line IN (SELECT line FROM import_defaults), true, now(), now()
    FROM import_wanted ORDER BY line
"""


def _conceal(cells: Sequence[str]) -> Sequence[str]:
    """The cells with masks in place of secrets."""
    shown = list(cells)
    for name in _SECRETS:
        shown[_PLACE[name]] = mask_number(shown[_PLACE[name]])
    shown[_PLACE["card_mask"]] = ""  # staged as `mask` if it is valid
    return shown


def _derive(cells: Sequence[str], key: int) -> Sequence[str]:
    """`key` is the one that the method gets: its secrets are encrypted for it."""
    cell = dict(zip(_NAMES, cells, strict=True))
    kind = _KINDS.get(cell["kind"].lower().replace(" ", "_"), "")
    mask = read_masked_card(cell["card_mask"]) if is_masked_card(cell["card_mask"]) else ""
    brand = cell["brand"].lower().replace(" ", "_") or guess_brand(mask)
    month, year = _number(cell["expiry_month"]), _year(cell["expiry_year"])
    secrets = [cell[name] for name in _SECRETS]
    facts = MethodFacts(
        kind=int(kind) if kind else None,
        masked_card=cell["card_mask"],
        expiry_month=month,
        expiry_year=year,
        brand=brand,
        bank_account_number=cell["bank_account_number"],
        gateway=cell["gateway"],
        secrets=secrets,
    )
    return (
        kind,
        mask,
        brand,
        "" if month is None else str(month),
        "" if year is None else str(year),
        _ACCOUNT_TYPES.get(cell["bank_account_type"].lower(), "") if cell["bank_account_type"] else "",
        _FLAGS.get(cell["is_default"].lower(), "?"),
        " ".join(find_faults(facts)),
        str(key),
        *(_sealed(name, cell[name], key) for name in _SECRETS),
    )


def _sealed(name: str, text: str, key: int) -> str:
    """As EncryptedJSONField writes it."""
    field = cast(EncryptedJSONField, PaymentMethod._meta.get_field(name))
    return seal_value(text, field.place(key)) if text and len(text) <= MAX_SECRET else ""


@contextmanager
def _new_keys() -> Iterator[Callable[[], int]]:
    """Keys of methods to come, from a connection of their own: the import's is busy with COPY."""
    own, ready = connection.copy(), list[int]()

    def take() -> int:
        if not ready:
            ready.extend(reversed(next_keys(PaymentMethod, _KEY_BLOCK, own)))
        return ready.pop()

    try:
        yield take
    finally:
        own.close()


def _number(text: str) -> int | None:
    """None for an empty cell, 0 (out of range) for anything but up to four digits."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0


def _year(text: str) -> int | None:
    number = _number(text)
    return None if number is None else full_year(number, digits=len(text))


def _broken(fault: Fault, text: str, **parameters: object) -> Rule:
    """The reason for a fault that `_derive` has found."""
    return f"'{fault}' = ANY (string_to_array(faults, ' '))", Reason(fault, text, parameters)


def _save(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    for sql in (_FILL_READY, _REFUSED, _KNOWN, _INSERT):
        cursor.execute(sql)


LOADER = Loader(
    columns=COLUMNS,
    header=True,
    key="external_id",
    identity="account_number || E'\\n' || external_id",
    derived=_DERIVED,
    conceal=_conceal,
    mask=mask_card_numbers,
    rules=(
        missing("external_id", "external id"),
        too_long("external_id", "external id", max_length("external_id")),
        not_one_line("external_id", "external id"),
        missing("account_number", "account number"),
        (
            "kind_number IS NULL",
            Reason("unknown_kind", "kind is not a number from 1 to 14 or the name of a kind"),
        ),
        missing("holder_name", "holder name"),
        too_long("holder_name", "holder name", max_length("holder_name")),
        not_one_line("holder_name", "holder name"),
        not_whole_number("subscription"),
        _broken(Fault.MASKED_CARD_UNREADABLE, "card_mask is not a masked card number"),
        _broken(Fault.NO_MASKED_CARD, "no card_mask for a card"),
        _broken(Fault.EXPIRY_INCOMPLETE, "expiry_month or expiry_year is missing"),
        _broken(Fault.NO_EXPIRY, "no expiry for a card"),
        _broken(Fault.EXPIRY_MONTH_OUT_OF_RANGE, "expiry_month is not a month from 1 to 12"),
        _broken(Fault.EXPIRY_YEAR_OUT_OF_RANGE, "expiry_year is not a year from 2000 to 2099"),
        _broken(Fault.UNKNOWN_BRAND, "unknown brand"),
        _broken(Fault.NO_BANK_ACCOUNT_NUMBER, "no bank_account_number for a bank account"),
        (
            "bank_account_type IS NOT NULL AND account_type IS NULL",
            Reason("unknown_bank_account_type", "unknown bank_account_type"),
        ),
        too_long("bank_name", "bank name", max_length("bank_name")),
        _broken(Fault.UNKNOWN_GATEWAY, "unknown gateway"),
        _broken(Fault.TOO_LONG, "a number or token longer than %(limit)s characters", limit=MAX_SECRET),
        too_long("gateway_customer_id", "customer id", max_length("gateway_customer_id")),
        ("flag = '?'", Reason("is_default_unreadable", "is_default is not yes or no")),
    ),
    refusals=[
        Reason("unknown_account", "unknown account"),
        Reason("subscription_not_of_account", "the account has no such subscription"),
    ],
    tables=[_READY, _WANTED, _DEFAULTS],
    save=_save,
)


def import_payment_methods(
    *, file: ReadableFile, dry_run: bool = False, progress: Progress | None = None
) -> Report:
    """Add new payment methods; existing ones, by account and external id, stay unchanged (`exists`).

    The external id is required: without it, importing a file twice would add its methods twice.
    """
    today = days.today()
    parameters = {"this_month": today.year * 12 + today.month}
    with _new_keys() as take:
        loader = replace(LOADER, derive=lambda cells: _derive(cells, take()))
        return run(loader, file=file, parameters=parameters, dry_run=dry_run, progress=progress)
