"""`fields`: the attributes that a client wants of a document."""

from collections.abc import Sequence
from typing import Any

MANDATORY_FIELDS = ("id", "href")
"""In every answer, whatever `fields` says."""


def select_fields(document: dict[str, Any], fields: Sequence[str] | None) -> dict[str, Any]:
    """The document with `fields` (paths with dots) and the mandatory ones only, in its own order. None selects all."""
    if fields is None:
        return document
    wanted: dict[str, list[str]] = {name: [] for name in MANDATORY_FIELDS}
    for path in fields:
        name, _dot, rest = path.partition(".")
        inner = wanted.setdefault(name, [rest] if rest else [])
        if inner and rest:
            inner.append(rest)
        elif not rest:
            wanted[name] = []
    return {name: _select_inner(value, wanted[name]) for name, value in document.items() if name in wanted}


def _select_inner(value: Any, fields: list[str]) -> Any:
    if not fields:
        return value
    if isinstance(value, list):
        return [_select_inner(item, fields) for item in value]
    return select_fields(value, fields) if isinstance(value, dict) else value
