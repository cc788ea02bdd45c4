"""The boundary for text: what others send is looked at before it is stored, whatever door it comes in by.

* Services check every text column of their model (`refuse_card_numbers_of`).
* Parsers of bodies and `config.process.card_numbers` (headers, paths, queries, file names, forms of pages) check what
  no service sees.
* Callbacks of banks are stored by a list of fields (`billing.threeds.stored_body`), cells of imported files are
  masked (`config.kit.importing.rows`).

The two rules, for free text and for ids of other systems, are in `config.kit.lib.card_numbers`. A refusal names the
field and never repeats the value.
"""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from config.kit.lib.card_numbers import holds_bare_card_number, holds_card_number
from config.kit.lib.encryption import EncryptedJSONField
from config.kit.lib.errors import InvalidValueError

MAX_DEPTH = 100

_TEXT_COLUMNS = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.FileField,
    models.BigIntegerField,
)
_ID_WORDS = ("id", "ids", "key", "token", "reference", "href", "url", "code", "number")


def card_number_message() -> str:
    return _("Card numbers are not allowed here.")


def refuse_card_number_in(field: str, text: str) -> None:
    """For free text. Raises InvalidValueError."""
    if holds_card_number(text):
        raise InvalidValueError(field, card_number_message())


def refuse_bare_card_number_in(field: str, text: str) -> None:
    """For ids of other systems. Raises InvalidValueError."""
    if holds_bare_card_number(text):
        raise InvalidValueError(field, card_number_message())


def refuse_card_numbers_of(
    instance: models.Model, *, ids: Collection[str] = (), masked: Collection[str] = ()
) -> None:
    """Check every column of `instance` that holds what somebody typed or sent. Raises InvalidValueError.

    `ids` are columns for ids of other systems. So are encrypted columns: they hold secrets and account numbers.
    `masked` are columns whose own rule takes masks only.
    """
    for field in instance._meta.concrete_fields:
        skipped = field.primary_key or field.is_relation or field.attname in instance.get_deferred_fields()
        if skipped or field.name in masked or not isinstance(field, _TEXT_COLUMNS):
            continue
        is_id = field.name in ids or isinstance(field, (EncryptedJSONField, models.BigIntegerField))
        value = getattr(instance, field.attname)
        value = str(value) if isinstance(field, models.FileField) else value
        if find_in(value, holds_bare_card_number if is_id else holds_card_number) is not None:
            raise InvalidValueError(field.name, card_number_message())


def find_in(data: Any, holds: Callable[[str], bool], *, except_for: Collection[str] = ()) -> str | None:
    """The path of the first text or number within nested `data` that `holds` a card number, or None.

    Names are looked at as well as values. `except_for` are names whose values may be card numbers.
    """
    return next((path for path, text in _texts(data, "", except_for, MAX_DEPTH) if holds(text)), None)


def find_by_name(data: Any) -> str | None:
    """As `find_in`: by the rule for ids where the name says that it is one, else by the rule for free text."""
    for path, text in _texts(data, "", (), MAX_DEPTH):
        holds = holds_bare_card_number if is_id_name(path) else holds_card_number
        if holds(text):
            return path
    return None


def is_id_name(path: str) -> bool:
    """`correlatorId`, `account.id`, `external_reference`."""
    return path.rpartition(".")[2].lower().endswith(_ID_WORDS)


def _texts(data: Any, path: str, except_for: Collection[str], depth: int) -> Iterator[tuple[str, str]]:
    if depth == 0 or data is None or isinstance(data, bool):
        return
    if isinstance(data, dict):
        for name, value in data.items():
            yield path or "body", str(name)
            if name not in except_for:
                inner = f"{path}.{name}" if path else str(name)
                yield from _texts(value, inner, except_for, depth - 1)
    elif isinstance(data, (list, tuple)):
        for value in data:
            yield from _texts(value, path, except_for, depth - 1)
    else:
        yield path or "body", data if isinstance(data, str) else str(data)
