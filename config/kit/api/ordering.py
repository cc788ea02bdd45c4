"""`sort=field`, `sort=-field` (also `ordering=`), on every field of the model.

A view's `ordering_names` maps names that the API gives to fields which the model calls otherwise.
"""

from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from config.kit.lib.encryption import EncryptedJSONField

PARAMETERS = ("sort", "ordering")


class StrictOrderingFilter(BaseFilterBackend):
    """An unknown field is 400. The primary key decides ties, so that pages neither repeat nor lose a row."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        for parameter in PARAMETERS:
            if parameter in request.query_params:
                names = getattr(view, "ordering_names", {})
                order = self._order(request.query_params[parameter], parameter, queryset, names)
                return queryset.order_by(*order)
        return queryset

    def _order(self, value: str, parameter: str, queryset: QuerySet[Any], names: dict[str, str]) -> list[str]:
        columns = {
            field.name: field.attname
            for field in queryset.model._meta.concrete_fields
            if not isinstance(field, EncryptedJSONField)
        }
        columns["pk"] = "pk"
        for name, field in names.items():
            columns[name] = columns.pop(field)
        order = []
        for term in value.split(","):
            name = term.strip().removeprefix("-")
            if name not in columns:
                raise ValidationError({parameter: [f"Cannot sort by {name[:64]!r}."]})
            order.append(f"-{columns[name]}" if term.strip().startswith("-") else columns[name])
        return [*order, "pk"]

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "sort",
                "in": "query",
                "required": False,
                "description": "Field to sort by, with `-` in front for descending; several with commas.",
                "schema": {"type": "string"},
            }
        ]
