"""Query parameters of actions."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from config.kit.api.filters import refuse_repeated


def validated_parameters(request: Request, serializer_class: type[serializers.Serializer]) -> dict[str, Any]:
    """Raises ValidationError, also for an unknown parameter: a misspelt `dry_run` must not write."""
    unknown = set(request.query_params) - set(serializer_class().fields) - {"format"}
    if unknown:
        raise ValidationError({name[:64]: ["Unknown parameter."] for name in sorted(unknown)[:20]})
    refuse_repeated(request)
    query = serializer_class(data=request.query_params.dict(), context={"request": request})
    query.is_valid(raise_exception=True)
    return query.validated_data
