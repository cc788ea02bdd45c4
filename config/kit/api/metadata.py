"""The contract's `/schema/`: fields, filters and ordering of a resource, in the form that its page prints for POS."""

from collections.abc import Iterable
from typing import Any, ClassVar, cast

import django_filters
from django.utils.encoding import force_str
from rest_framework import serializers
from rest_framework.metadata import BaseMetadata
from rest_framework.request import Request
from rest_framework.utils.field_mapping import ClassLookupDict

# Lookups that work but that the page's `lookup_types` do not list.
_UNPRINTED_LOOKUPS = {"in"}


class ContractMetadata(BaseMetadata):
    type_names: ClassVar[Any] = ClassLookupDict(
        {
            serializers.Field: "method field",
            serializers.BooleanField: "boolean",
            serializers.CharField: "string",
            serializers.URLField: "url",
            serializers.IntegerField: "integer",
            serializers.DecimalField: "decimal",
            serializers.DateTimeField: "datetime",
            serializers.DateField: "date",
            serializers.ChoiceField: "choice",
            serializers.ImageField: "image",
            serializers.JSONField: "json field",
            serializers.DictField: "json field",
            serializers.BaseSerializer: "json field",
            serializers.RelatedField: "pk field",
        }
    )

    def determine_metadata(self, request: Request, view: Any) -> dict[str, Any]:
        metadata: dict[str, Any] = {
            "name": "Schema",
            "description": "",
            "renders": [renderer.media_type for renderer in view.renderer_classes],
            "parses": [parser.media_type for parser in view.parser_classes],
        }
        if hasattr(view, "get_serializer"):
            metadata["actions"] = {"POST": self.describe_fields(view.get_serializer().fields.items())}
        if getattr(view, "filterset_class", None):
            metadata["filters"] = describe_filters(view.filterset_class)
            metadata["ordering"] = "__all__"
        return metadata

    def describe_fields(self, fields: Iterable[tuple[str, serializers.Field]]) -> dict[str, Any]:
        return {name: self.describe_field(field) for name, field in fields}

    def describe_field(self, field: serializers.Field) -> dict[str, Any]:
        info: dict[str, Any] = {
            "type": self.type_names[field],
            "required": field.required,
            "read_only": field.read_only,
            "label": force_str(field.label),
        }
        length = getattr(field, "max_length", None)
        if length is not None and not field.read_only and getattr(field, "prints_max_length", True):
            info["max_length"] = length
        choices = self.describe_choices(field)
        if choices is not None:
            info["choices"] = choices
        return info

    def describe_choices(self, field: serializers.Field) -> Any:
        """A field may describe its own choices (`describe_choices`), as the config of a POS does."""
        if hasattr(field, "describe_choices"):
            return field.describe_choices(self)
        if isinstance(field, serializers.ChoiceField):
            return [
                {"display_name": force_str(label), "value": value} for value, label in field.choices.items()
            ]
        if isinstance(field, serializers.BaseSerializer):
            return self.describe_fields(cast(serializers.Serializer, field).fields.items())
        return None


def describe_filters(filterset_class: type[django_filters.FilterSet]) -> dict[str, Any]:
    """`{name: {type, lookup_types}}`, one entry for all lookups of a field."""
    described: dict[str, Any] = {}
    for name, item in filterset_class.base_filters.items():
        base = name.removesuffix(f"__{item.lookup_expr}")
        if item.lookup_expr in _UNPRINTED_LOOKUPS:
            continue
        type_name = getattr(item, "type_name", type(item).__name__)
        entry = described.setdefault(base, {"type": type_name, "lookup_types": []})
        entry["lookup_types"].append(item.lookup_expr)
    return described
