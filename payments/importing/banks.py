"""Banks of a channel: name, slug, logo (a URL). Other columns, `channel` too, are ignored."""

import re
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_noop

from config.kit.importing.engine import Loader, run
from config.kit.importing.reasons import Reason
from config.kit.importing.report import Report
from config.kit.importing.rows import Column
from config.kit.importing.text import Progress, ReadableFile
from payments.importing import logos
from payments.importing.locks import lock_channel
from payments.importing.names import slug_of
from payments.importing.tables import BANKS_CREATED
from payments.models import Channel
from payments.models.base import SLUG_PATTERN

MAX_NAMESAKES = 20  # names of a file that make the same slug

_is_url = URLValidator(schemes=["http", "https"])

# "AKBANK" and "Akbank" are one bank; "Banka C" and "Banka Ç" are two, of the slugs banka-c and banka-c-2.
_FOLDED = "lower(translate(regexp_replace({}, '\\s+', ' ', 'g'), 'İIı', 'iii'))"

_WITH_SLUG = """
    WITH inserted AS (
        INSERT INTO payments_bank (name, slug, logo_source, channel_id, created_date, modified_date)
        SELECT name, slug, coalesce(logo, ''), %(channel)s, now(), now()
        FROM import_new WHERE slug IS NOT NULL ORDER BY slug
        ON CONFLICT (slug, channel_id) DO NOTHING
        RETURNING slug, id
    )
    INSERT INTO import_created SELECT 'slug ' || slug, id FROM inserted
"""
_UNNAMED = f"""
    FROM import_new AS fresh
    WHERE fresh.slug IS NULL AND fresh.identity NOT IN (
        SELECT 'name ' || {_FOLDED.format("name")} FROM payments_bank WHERE channel_id = %(channel)s
    )
"""  # noqa: S608 constants
_BY_NAME = f"""
    WITH candidate AS (
        SELECT DISTINCT ON (slug) *
        FROM (
            SELECT line, identity, name, logo,
                   CASE %(round)s WHEN 1 THEN name_slug
                                  ELSE left(name_slug, 120) || '-' || %(round)s END AS slug
            {_UNNAMED}
        ) AS slugged
        ORDER BY slug, line
    ), inserted AS (
        INSERT INTO payments_bank (name, slug, logo_source, channel_id, created_date, modified_date)
        SELECT name, slug, coalesce(logo, ''), %(channel)s, now(), now() FROM candidate ORDER BY slug
        ON CONFLICT (slug, channel_id) DO NOTHING
        RETURNING slug, id
    )
    INSERT INTO import_created
    SELECT candidate.identity, inserted.id FROM inserted JOIN candidate USING (slug)
"""  # noqa: S608 constants
_KNOWN = """
    INSERT INTO import_known
    SELECT identity FROM import_new
    WHERE identity NOT IN (SELECT identity FROM import_created) AND line NOT IN (SELECT line FROM import_refused)
"""
_NOTE = """
    INSERT INTO import_noted
    SELECT line, logo_note FROM import_new JOIN import_created USING (identity) WHERE logo_note IS NOT NULL
"""
_REFUSE = f"INSERT INTO import_refused SELECT fresh.line, 'no_free_slug' {_UNNAMED}"  # noqa: S608 constants


def _derive(cells: Sequence[str]) -> Sequence[str]:
    name, slug, logo = cells
    return slug_of(name), slug and _slug_fault(slug), logo and _logo_fault(logo), logo and _logo_note(logo)


def _slug_fault(slug: str) -> str:
    return "" if len(slug) <= 128 and re.fullmatch(SLUG_PATTERN, slug) else "slug"


def _logo_fault(url: str) -> str:
    try:
        _is_url(url)
    except ValidationError:
        return "logo"
    return "" if len(url) <= 500 else "logo"


def _logo_note(url: str) -> str:
    reason = logos.never_fetched(url)
    return reason.of() if reason else ""


def _save(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    lock_channel(cursor, parameters["channel"])
    cursor.execute(_WITH_SLUG, parameters)
    for number in range(1, MAX_NAMESAKES + 1):
        cursor.execute(f"SELECT EXISTS (SELECT {_UNNAMED})", parameters)
        if not cursor.fetchone()[0]:
            break
        cursor.execute(_BY_NAME, {**parameters, "round": number})
    else:
        cursor.execute(_REFUSE, parameters)
    cursor.execute(_KNOWN)
    cursor.execute(_NOTE)
    logos.defer_fetches(cursor)


LOADER = Loader(
    columns=[
        Column.of("name", turkish=("banka_adi", "banka", "adi", "ad"), required=True),
        Column.of("slug", turkish=("kisa_ad",)),
        Column.of("logo", turkish=("logo_adresi",)),
    ],
    header=True,
    key="name",
    keys_repeat=True,
    identity=f"coalesce('slug ' || slug, 'name ' || {_FOLDED.format('name')})",
    derived=["name_slug", "slug_fault", "logo_fault", "logo_note"],
    derive=_derive,
    rules=(
        ("name IS NULL", Reason("no_name", gettext_noop("no name"))),
        (
            "char_length(name) > 128",
            Reason("name_too_long", gettext_noop("name longer than %(limit)s characters"), {"limit": 128}),
        ),
        ("name ~ '[[:cntrl:]]'", Reason("name_not_one_line", gettext_noop("name of more than one line"))),
        (
            "slug_fault IS NOT NULL",
            Reason(
                "slug_characters",
                gettext_noop("slug of other than letters, digits, hyphens and underscores"),
            ),
        ),
        (
            "slug IS NULL AND name_slug IS NULL",
            Reason(
                "no_slug_from_name",
                gettext_noop("no letter or digit in the name to make a slug of; give one"),
            ),
        ),
        ("logo_fault IS NOT NULL", Reason("logo_not_url", gettext_noop("logo is no URL"))),
    ),
    refusals=[Reason("no_free_slug", gettext_noop("no free slug of the name; give one"))],
    notes=logos.NEVER_FETCHED,
    tables=[BANKS_CREATED],
    save=_save,
)


def import_banks(
    *, channel: Channel, file: ReadableFile, dry_run: bool = False, progress: Progress | None = None
) -> Report:
    """Add the banks that `channel` does not have. A bank is known by its slug, by its name where it has none.

    Logos are fetched by background jobs, deferred in the same transaction.
    """
    return run(LOADER, file=file, parameters={"channel": channel.pk}, dry_run=dry_run, progress=progress)
