"""Payment methods of accounts: external_id, account_number, kind, holder_name, and what the kind has.

Bank account and routing numbers and tokens are encrypted row by row, before they reach a table, temporary ones too.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from billing.models import BankAccountType, CardBrand, MethodKind
from billing.models.brands import possible_brands
from billing.services.payment_method import MAX_SECRET
from config.kit.importing import Column, Progress, ReadableFile, Report
from config.kit.importing.engine import Loader, run
from config.kit.lib.encryption import encrypt
from config.kit.lib.masking import mask_card_numbers, mask_number, read_card_mask
from payments.gateways.registry import GATEWAYS

_KINDS = {kind.name.lower(): str(kind.value) for kind in MethodKind} | {
    str(kind.value): str(kind.value) for kind in MethodKind
}
_ACCOUNT_TYPES = {kind.name.lower(): str(kind.value) for kind in BankAccountType} | {
    str(kind.value): str(kind.value) for kind in BankAccountType
}
_FLAGS = {"": "", "1": "t", "true": "t", "yes": "t", "0": "f", "false": "f", "no": "f"}
_SECRETS = ("bank_account_number", "bank_routing_number", "gateway_token")
_GATEWAY_NAMES = ", ".join(f"'{gateway.short_name()}'" for gateway in GATEWAYS)

COLUMNS = [
    Column.of("external_id", "payment_method_id", required=True),
    Column.of("account_number", "account_no", "account", required=True),
    Column.of("kind", "payment_method_type", required=True),
    Column.of("holder_name", "holder", required=True),
    Column.of("subscription", "subscription_id", "subscription_number"),
    Column.of("card_mask", "card_number"),
    Column.of("brand"),
    Column.of("expiry_month"),
    Column.of("expiry_year"),
    Column.of("bank_name"),
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

# The locks keep accounts and their own methods as they are until the end, as those of the service do.
_READY = """
    CREATE TEMP TABLE import_ready ON COMMIT DROP AS
    SELECT fresh.*, NULL::bigint AS account_id, NULL::bigint AS subscription_key FROM import_new AS fresh LIMIT 0;
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
    SELECT line, 'no such account' FROM import_new WHERE line NOT IN (SELECT line FROM import_ready);
    INSERT INTO import_refused
    SELECT line, 'no such subscription of the account'
    FROM import_ready WHERE subscription IS NOT NULL AND subscription_key IS NULL
"""
_KNOWN = """
    INSERT INTO import_known
    SELECT identity FROM import_ready AS ready WHERE EXISTS (
        SELECT FROM billing_paymentmethod AS stored
        WHERE stored.account_id = ready.account_id AND stored.external_id = ready.external_id
    )
"""
# An account without an own method gets the first that says so, else the first that does not say no and is not expired.
_WANTED = """
    CREATE TEMP VIEW import_wanted AS
    SELECT * FROM import_ready
    WHERE identity NOT IN (SELECT identity FROM import_known) AND line NOT IN (SELECT line FROM import_refused);
    CREATE TEMP VIEW import_own AS
    SELECT DISTINCT ON (account_id) line FROM import_wanted
    WHERE (flag = 't' OR flag IS NULL AND NOT coalesce(year::integer * 12 + month::integer < this_month, false))
      AND account_id NOT IN (SELECT account_id FROM billing_paymentmethod WHERE is_default)
    ORDER BY account_id, flag NULLS LAST, line
"""
_INSERT = """
    INSERT INTO billing_paymentmethod (
        account_id, subscription_id, kind, external_id, holder_name, card_owner, card_mask, brand, expiry_month,
        expiry_year, bank_name, bank_account_type, bank_account_number, bank_account_mask, bank_routing_number,
        bank_routing_mask, gateway, gateway_token, gateway_token_mask, gateway_customer_id, is_default, is_active,
        created_date, modified_date
    )
    SELECT account_id, subscription_key, kind_number::smallint, external_id, holder_name, '', coalesce(mask, ''),
           coalesce(brand_name, ''), month::smallint, year::smallint, coalesce(bank_name, ''),
           account_type::smallint, sealed_account, coalesce(bank_account_number, ''), sealed_routing,
           coalesce(bank_routing_number, ''), coalesce(gateway, ''), sealed_token, coalesce(gateway_token, ''),
           coalesce(gateway_customer_id, ''), line IN (SELECT line FROM import_own), true, now(), now()
    FROM import_wanted ORDER BY line
"""


def _conceal(cells: Sequence[str]) -> Sequence[str]:
    """The secrets as their masks."""
    shown = list(cells)
    for name in _SECRETS:
        shown[_PLACE[name]] = mask_number(shown[_PLACE[name]])
    shown[_PLACE["card_mask"]] = ""  # `mask` has it, where it is one
    return shown


def _derive(cells: Sequence[str]) -> Sequence[str]:
    cell = dict(zip(_NAMES, cells, strict=True))
    mask, mask_fault = _read_mask(cell["card_mask"])
    brand = cell["brand"].lower().replace(" ", "_") or _brand_of(mask)
    return (
        _KINDS.get(cell["kind"].lower().replace(" ", "_"), ""),
        mask,
        mask_fault,
        brand,
        _number(cell["expiry_month"]),
        _year(cell["expiry_year"]),
        "expiry" if bool(cell["expiry_month"]) != bool(cell["expiry_year"]) else "",
        _ACCOUNT_TYPES.get(cell["bank_account_type"].lower(), "") if cell["bank_account_type"] else "",
        _FLAGS.get(cell["is_default"].lower(), "?"),
        "long" if any(len(cell[name]) > MAX_SECRET for name in _SECRETS) else "",
        *(_sealed(cell[name]) for name in _SECRETS),
    )


def _sealed(text: str) -> str:
    """As EncryptedJSONField writes it."""
    return encrypt(json.dumps(text)) if text and len(text) <= MAX_SECRET else ""


def _read_mask(text: str) -> tuple[str, str]:
    try:
        return (read_card_mask(text) if text else ""), ""
    except ValueError:
        return "", "mask"


def _brand_of(mask: str) -> str:
    first_digits = mask.partition("*")[0]
    possible = possible_brands(first_digits) if first_digits else set()
    return possible.pop() if len(possible) == 1 else ""


def _number(text: str) -> str:
    return str(int(text)) if text.isascii() and text.isdigit() and len(text) <= 4 else text and "0"


def _year(text: str) -> str:
    """Two digits are of this century."""
    number = _number(text)
    return str(int(number) + 2000) if len(text) == 2 and number else number


def _save(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    today = timezone.localdate()
    this_month = str(today.year * 12 + today.month)
    for sql in (_READY, _REFUSED, _KNOWN, _WANTED.replace("this_month", this_month), _INSERT):
        cursor.execute(sql)
    cursor.execute("DROP VIEW import_own, import_wanted; DROP TABLE import_ready")


LOADER = Loader(
    columns=COLUMNS,
    header=True,
    key="external_id",
    identity="account_number || E'\\n' || external_id",
    derived=[
        "kind_number",
        "mask",
        "mask_fault",
        "brand_name",
        "month",
        "year",
        "expiry_fault",
        "account_type",
        "flag",
        "secret_fault",
        "sealed_account",
        "sealed_routing",
        "sealed_token",
    ],
    derive=_derive,
    conceal=_conceal,
    mask=mask_card_numbers,
    rules=(
        ("external_id IS NULL", "no external id"),
        ("char_length(external_id) > 128", "external id longer than 128 characters"),
        ("external_id ~ '[[:cntrl:]]'", "external id of more than one line"),
        ("account_number IS NULL", "no account number"),
        ("kind_number IS NULL", "kind is no number from 1 to 14 and no name of a kind"),
        ("holder_name IS NULL", "no holder name"),
        ("char_length(holder_name) > 200", "holder name longer than 200 characters"),
        ("holder_name ~ '[[:cntrl:]]'", "holder name of more than one line"),
        (
            "CASE WHEN subscription ~ '^[1-9][0-9]{0,18}$' THEN subscription::numeric > 9223372036854775807 "
            "ELSE subscription IS NOT NULL END",
            "subscription is no whole number from 1 to 9223372036854775807",
        ),
        ("mask_fault IS NOT NULL", "card_mask is no masked card number"),
        ("kind_number = '1' AND mask IS NULL", "a card has a masked number"),
        ("expiry_fault IS NOT NULL", "month and year of the expiry belong together"),
        ("kind_number = '1' AND month IS NULL", "a card has an expiry"),
        ("month::integer NOT BETWEEN 1 AND 12", "expiry_month is no month"),
        ("year::integer NOT BETWEEN 2000 AND 2099", "expiry_year is no year from 2000 to 2099"),
        (
            f"brand_name NOT IN ({', '.join(f'{chr(39)}{brand}{chr(39)}' for brand in CardBrand.values)})",
            "brand is none that is known",
        ),
        ("kind_number = '2' AND bank_account_number IS NULL", "a bank account has a number"),
        ("bank_account_type IS NOT NULL AND account_type IS NULL", "bank_account_type is none that is known"),
        ("char_length(bank_name) > 200", "bank name longer than 200 characters"),
        (f"gateway NOT IN ({_GATEWAY_NAMES})", "no such gateway"),
        ("secret_fault IS NOT NULL", f"a number or token longer than {MAX_SECRET} characters"),
        ("char_length(gateway_customer_id) > 128", "customer id longer than 128 characters"),
        ("flag = '?'", "is_default is neither yes nor no"),
    ),
    save=_save,
)


def import_payment_methods(
    *, file: ReadableFile, dry_run: bool = False, progress: Progress | None = None
) -> Report:
    """Add the methods that their accounts do not have, known by external id; one that is there stays (`exists`).

    A row needs an external id: without one, the same file sent twice would add everything twice.
    """
    return run(LOADER, file=file, parameters={}, dry_run=dry_run, progress=progress)
