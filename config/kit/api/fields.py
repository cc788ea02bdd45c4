"""Serializer fields, stricter than DRF's."""

import math
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.kit.identity.access import reach_of

MAX_DEPTH = 20


class PrimaryKeyField(serializers.PrimaryKeyRelatedField):
    """An id as an integer or a text of digits, of an object within the user's reach. DRF's field also accepts 1.5 and
    "1_0". Forms ask for the number: a drop-down can't hold a large table.
    """

    def __init__(self, **kwargs: Any) -> None:
        style = {"base_template": "input.html", "input_type": "number", **kwargs.pop("style", {})}
        super().__init__(style=style, **kwargs)

    def get_queryset(self) -> Any:
        rows, request = super().get_queryset(), self.context.get("request")
        return rows if rows is None or request is None else reach_of(request.user).limit(rows)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str):
            valid = data.isascii() and data.isdigit()
        else:
            valid = isinstance(data, int) and not isinstance(data, bool)
        if not valid:
            self.fail("incorrect_type", data_type=type(data).__name__)
        return super().to_internal_value(data)


class JSONField(serializers.JSONField):
    """JSON that PostgreSQL's jsonb can store: no NUL, no lone surrogate, no infinite number, limited nesting."""

    default_error_messages = {
        "characters": "Null characters and lone surrogates are not allowed.",
        "number": "Numbers must be finite.",
        "depth": f"Must not be nested deeper than {MAX_DEPTH} levels.",
    }

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        self._check(value, MAX_DEPTH)
        return value

    def _check(self, value: Any, depth: int) -> None:
        if depth == 0:
            self.fail("depth")
        if isinstance(value, dict):
            for key, item in value.items():
                self._check(key, depth)
                self._check(item, depth - 1)
        elif isinstance(value, list):
            for item in value:
                self._check(item, depth - 1)
        elif isinstance(value, str) and (
            "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value)
        ):
            self.fail("characters")
        elif isinstance(value, float) and not math.isfinite(value):
            self.fail("number")


@extend_schema_field({"type": "object", "additionalProperties": {}})
class JSONObjectField(JSONField):
    """A JSON object."""

    default_error_messages = {"object": "Must be a JSON object."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        value = super().to_internal_value(data)
        if not isinstance(value, dict):
            self.fail("object")
        return value
