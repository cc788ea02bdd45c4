"""A country's BIN list: BIN, Network, Type, Category, Issuer. Makes missing banks, card types and cards."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from django.utils.translation import gettext_noop

from config.kit.importing.engine import Loader, run
from config.kit.importing.reasons import Reason
from config.kit.importing.report import Report
from config.kit.importing.rows import Column
from config.kit.importing.tables import IDENTITY, TempTable, TempView
from config.kit.importing.text import Progress, ReadableFile
from payments.errors import PosIncompatibleError
from payments.importing.bin_numbers import BIN, BIN_RULES, find_known_bins, insert_bins
from payments.importing.locks import lock_channel
from payments.importing.names import recognize_bank, slug_of
from payments.importing.products import classify_product
from payments.importing.tables import BIN_COLUMNS, BINS
from payments.models import POS, Bank, CardType, Channel

# What the list calls (slug) is the object (id) of the channel.
_BANKS = TempTable("import_banks", {"slug": "text PRIMARY KEY", "id": "bigint"})
_TYPES = TempTable("import_types", {"slug": "text PRIMARY KEY", "id": "bigint"})
_DERIVED = ["bank_name", "bank_slug", "type_name", "type_slug", "payment_type", "is_commercial"]
_WANTED = TempTable(
    "import_wanted", {"line": "integer", "identity": IDENTITY, **dict.fromkeys(_DERIVED, "text")}
)
_BINS = TempView(
    BINS,
    BIN_COLUMNS,
    """
    SELECT identity, card.id
    FROM import_wanted
    JOIN import_banks AS bank ON bank.slug = bank_slug
    JOIN import_types AS type ON type.slug = type_slug
    JOIN payments_card AS card
      ON card.bank_id = bank.id AND card.card_type_id = type.id AND card.card_payment_type = payment_type
    """,
)
_FIND_WANTED = """
    INSERT INTO import_wanted
    SELECT line, identity, bank_name, bank_slug, type_name, type_slug, payment_type, is_commercial
    FROM import_new WHERE identity NOT IN (SELECT identity FROM import_known)
"""
_NEW_BANKS = """
    INSERT INTO payments_bank (name, slug, logo_source, channel_id, created_date, modified_date)
    SELECT DISTINCT ON (bank_slug) bank_name, bank_slug, '', %(channel)s, now(), now()
    FROM import_wanted WHERE bank_slug NOT IN (SELECT slug FROM import_banks) ORDER BY bank_slug
    ON CONFLICT (slug, channel_id) DO NOTHING
"""
_FIND_BANKS = """
    INSERT INTO import_banks
    SELECT slug, id FROM payments_bank
    WHERE channel_id = %(channel)s AND slug IN (SELECT bank_slug FROM import_wanted)
    ON CONFLICT DO NOTHING
"""
_NEW_TYPES = """
    INSERT INTO payments_cardtype (name, slug, channel_id, created_date, modified_date)
    SELECT DISTINCT ON (type_slug) type_name, type_slug, %(channel)s, now(), now()
    FROM import_wanted WHERE type_slug NOT IN (SELECT slug FROM import_types) ORDER BY type_slug
    ON CONFLICT (slug, channel_id) DO NOTHING
"""
_FIND_TYPES = """
    INSERT INTO import_types
    SELECT slug, id FROM payments_cardtype
    WHERE channel_id = %(channel)s AND slug IN (SELECT type_slug FROM import_wanted)
    ON CONFLICT DO NOTHING
"""
_NEW_CARDS = """
    INSERT INTO payments_card (
        name, slug, bank_id, card_type_id, card_payment_type, is_commerce_card, channel_id,
        cash_payment_id, installment_payment_id, three_d_payment_id, created_date, modified_date
    )
    SELECT DISTINCT ON (bank.id, type.id, payment_type)
           left(bank_name || ' ' || type_name || ' ' || initcap(payment_type), 128),
           left(bank_slug || '-' || type_slug || '-' || payment_type, 128),
           bank.id, type.id, payment_type, is_commercial = '1', %(channel)s,
           %(pos)s, %(pos)s, %(pos)s, now(), now()
    FROM import_wanted
    JOIN import_banks AS bank ON bank.slug = bank_slug
    JOIN import_types AS type ON type.slug = type_slug
    ORDER BY bank.id, type.id, payment_type, line
    ON CONFLICT DO NOTHING
"""
_REFUSE = """
    INSERT INTO import_refused
    SELECT line,
           %(code)s || json_build_object('bank', bank_name, 'type', type_name, 'payment_type', payment_type)::text
    FROM import_wanted WHERE identity NOT IN (SELECT identity FROM import_bins)
"""
_NO_CARD = Reason(
    "no_card", gettext_noop("no card %(bank)s, %(type)s, %(payment_type)s; name a POS for new cards")
)
_NO_BANK = Reason("no_bank", gettext_noop("no bank %(bank)s; choose that missing banks are created"))
_REFUSE_BANKS = """
    INSERT INTO import_refused
    SELECT line, 'no_bank' || json_build_object('bank', bank_name)::text
    FROM import_wanted WHERE bank_slug NOT IN (SELECT slug FROM import_banks)
"""
_FORGET_REFUSED = "DELETE FROM import_wanted WHERE line IN (SELECT line FROM import_refused)"
_CARD_SLUG_TAKEN = Reason(
    "card_slug_taken", gettext_noop("no card %(bank)s, %(type)s, %(payment_type)s; its slug is taken")
)


def _derive(cells: Sequence[str]) -> Sequence[str]:
    _, network, kind, category, issuer = cells
    bank, product = recognize_bank(issuer), classify_product(network, kind, category)
    return (
        bank.name, bank.slug, product.card_type, product.card_type_slug, product.payment_type,
        "1" if product.is_commercial else "0",
    )  # fmt: skip


def _save(cursor: CursorWrapper, parameters: dict[str, Any]) -> dict[str, int]:
    lock_channel(cursor, parameters["channel"])
    find_known_bins(cursor, parameters)
    cursor.execute(_FIND_WANTED)
    cursor.execute("ANALYZE import_wanted")
    _know(cursor, "import_banks", Bank, parameters["channel"])
    _know(cursor, "import_types", CardType, parameters["channel"])
    if parameters["pos"] is not None and not parameters["make_banks"]:
        cursor.execute(_REFUSE_BANKS)
        cursor.execute(_FORGET_REFUSED)
    made = {"banks": 0, "card types": 0, "cards": 0}
    makers = [
        ("banks", _NEW_BANKS, _FIND_BANKS),
        ("card types", _NEW_TYPES, _FIND_TYPES),
        ("cards", _NEW_CARDS, None),
    ]
    for name, make, find in makers:
        if parameters["pos"] is not None:
            cursor.execute(make, parameters)
            made[name] = cursor.rowcount
        if find:
            cursor.execute(find, parameters)
    refusal = _NO_CARD if parameters["pos"] is None else _CARD_SLUG_TAKEN
    cursor.execute(_REFUSE, {**parameters, "code": refusal.code})
    insert_bins(cursor, parameters)
    return made


def _know(cursor: CursorWrapper, table: str, model: type[Model], channel_id: int) -> None:
    """What the channel has, by the slug that the list would give it; its own slug takes precedence over its name."""
    stored = list(
        model._default_manager.filter(channel=channel_id).order_by("pk").values_list("pk", "slug", "name")
    )
    known: dict[str, int] = {slug: pk for pk, slug, _ in stored}
    for pk, slug, name in stored:
        spellings = (
            [recognize_bank(name).slug, recognize_bank(slug).slug] if model is Bank else [slug_of(name)]
        )
        for spelling in spellings:
            known.setdefault(spelling, pk)
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in known.items():
            copy.write_row(row)


LOADER = Loader(
    columns=[
        BIN,
        Column.of(
            "network",
            "brand",
            "scheme",
            turkish=("kart_semasi", "kart_kurulusu", "kart_markasi", "sema", "marka", "kurulus"),
            required=True,
        ),  # fmt: skip
        Column.of("type", turkish=("kart_tipi", "kart_turu", "tip", "tur"), required=True),
        Column.of("category", "level", turkish=("kart_kategorisi", "kart_sinifi", "kategori", "sinif")),
        Column.of("issuer", "bank", "issuer_name", turkish=("banka_adi", "banka"), required=True),
    ],
    header=True,
    key="bin_number",
    identity="bin_number",
    derived=_DERIVED,
    derive=_derive,
    rules=(
        *BIN_RULES,
        ("issuer IS NULL", Reason("no_issuer", gettext_noop("no issuer"))),
        (
            "char_length(issuer) > 128",
            Reason(
                "issuer_too_long", gettext_noop("issuer longer than %(limit)s characters"), {"limit": 128}
            ),
        ),
        (
            "bank_slug IS NULL",
            Reason("issuer_not_readable", gettext_noop("issuer without a letter or digit")),
        ),
        ("type_slug IS NULL", Reason("no_network", gettext_noop("no network"))),
        (
            "char_length(type_name) > 128",
            Reason(
                "network_too_long", gettext_noop("network longer than %(limit)s characters"), {"limit": 128}
            ),
        ),
        (
            "payment_type IS NULL AND type IS NULL",
            Reason("no_type", gettext_noop("no type: credit, debit or prepaid expected")),
        ),
        (
            "payment_type IS NULL",
            Reason("unknown_type", gettext_noop("unknown type: credit, debit or prepaid expected")),
        ),
    ),
    refusals=[_NO_CARD, _NO_BANK, _CARD_SLUG_TAKEN],
    tables=[_BANKS, _TYPES, _WANTED, _BINS],
    save=_save,
)


def import_bin_list(
    *,
    channel: Channel,
    file: ReadableFile,
    pos: POS | None = None,
    make_banks: bool = True,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Give the channel's cards the BINs of the list; `pos` takes all payments of cards that have to be made.

    Without `pos` nothing but BINs is made, and a row whose card is missing is invalid. Without `make_banks` a row whose
    bank is missing is invalid. A BIN that the channel
    has stays where it is. `Report.created_objects` counts banks, card types and cards.
    """
    if pos is not None and pos.channel_id != channel.pk:
        raise PosIncompatibleError(f"Card: {pos.slug} {channel.name} incompatible.")
    parameters = {"channel": channel.pk, "pos": pos and pos.pk, "make_banks": make_banks}
    return run(LOADER, file=file, parameters=parameters, dry_run=dry_run, progress=progress)
