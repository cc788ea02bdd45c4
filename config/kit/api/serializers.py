"""Serializers of all contracts: what "not sent" means."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.utils.html import is_html_input


class Serializer(serializers.Serializer):
    """Null on an optional field is "not sent", as generated clients write it, unless null is one of its values."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and not is_html_input(data):
            data = {name: value for name, value in data.items() if not self._is_left_out(name, value)}
        return super().to_internal_value(data)

    def _is_left_out(self, name: str, value: Any) -> bool:
        field = self.fields.get(name)
        if value is not None or field is None or field.allow_null:
            return False
        return not field.required or bool(getattr(self.root, "partial", False))


class FlagField(serializers.BooleanField):
    """A form that leaves it out does not send it; DRF takes that as false. The browsable API's form sends both."""

    default_empty_html = empty

    def __init__(self, **kwargs: Any) -> None:
        style = {"base_template": "flag.html", **kwargs.pop("style", {})}
        super().__init__(style=style, **kwargs)
