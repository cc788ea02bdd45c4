"""JSON in."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework import parsers, status
from rest_framework.exceptions import APIException, ParseError


class RequestTooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The request body is too large."
    default_code = "too_large"


class JSONParser(parsers.JSONParser):
    """DRF's, with the limits that it lacks: the size of the body and the depth of its nesting."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        self.check_length(parser_context)
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("JSON parse error - nested too deeply") from None

    def check_length(self, parser_context: Mapping[str, Any] | None) -> None:
        request = (parser_context or {})["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestTooLarge


class RawJSONParser(JSONParser):
    """The bytes of a JSON body, for a view that knows what it expects: amounts never become floats."""

    def parse(  # type: ignore[override]
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> bytes:
        self.check_length(parser_context)
        return stream.read()


def name_json(request: HttpRequest) -> None:
    """A JSON object under the media type that `curl -d` puts on everything is JSON; all else stays what it says."""
    short = int(request.META.get("CONTENT_LENGTH") or 0) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if request.content_type != "application/x-www-form-urlencoded" or not short:
        return
    if request.body.lstrip().startswith(b"{"):
        request.META["CONTENT_TYPE"] = request.content_type = "application/json"
