"""Bodies of requests. Each parser looks for card numbers after decoding (config.kit.boundary).

A view names the fields that may hold one: `card_number_fields`. `checks_card_numbers = True` says that its serializers
answer them in the contract's own way, and that it stores nothing else of the body.
"""

import codecs
import io
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework import parsers, status
from rest_framework.exceptions import APIException, ParseError, ValidationError

from config.kit.boundary import card_number_message, find_in
from config.kit.lib.card_numbers import holds_bare_card_number, holds_card_number

Context = Mapping[str, Any] | None


class RequestTooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The request body is too large."
    default_code = "too_large"


class JSONParser(parsers.JSONParser):
    """DRF's, with limits on the size of the body and the depth of its nesting."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Context = None
    ) -> dict[str, Any]:
        check_length(parser_context)
        text = io.BytesIO(stream.read().removeprefix(codecs.BOM_UTF8))
        try:
            body = super().parse(text, media_type, parser_context)
        except RecursionError:
            raise ParseError("JSON parse error - nested too deeply") from None
        refuse_card_numbers(body, parser_context)
        return body


class FormParser(parsers.FormParser):
    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Context = None) -> Any:
        form = super().parse(stream, media_type, parser_context)
        refuse_card_numbers(dict(form.lists()), parser_context)
        return form


class MultiPartParser(parsers.MultiPartParser):
    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Context = None) -> Any:
        parts = super().parse(stream, media_type, parser_context)
        refuse_card_numbers(dict(parts.data.lists()), parser_context)
        for name, files in parts.files.lists():
            if any(holds_card_number(file.name or "") for file in files):
                raise ValidationError({name: [card_number_message()]})
        return parts


def check_length(parser_context: Context) -> None:
    """Raises RequestTooLarge for a body above DATA_UPLOAD_MAX_MEMORY_SIZE."""
    request = (parser_context or {})["request"]
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise RequestTooLarge


def refuse_card_numbers(body: Any, parser_context: Context) -> None:
    """Raises ValidationError that names the field. What is free text, only its serializer or service knows."""
    view = (parser_context or {}).get("view")
    if getattr(view, "checks_card_numbers", False):
        return
    allowed = {"password", *getattr(view, "card_number_fields", ())}
    field = find_in(body, holds_bare_card_number, except_for=allowed)
    if field is not None:
        raise ValidationError({field: [card_number_message()]})
