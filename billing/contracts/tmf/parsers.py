"""Bodies of TM Forum's clients: raw JSON, because amounts must never become floats."""

import codecs
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.parsers import BaseParser

from config.kit.api.parsers import check_length


class RawJSONParser(BaseParser):
    """The bytes of a JSON body; `bodies.read_body` decodes them."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        check_length(parser_context)
        return stream.read().removeprefix(codecs.BOM_UTF8)


def accept_json_sent_as_form(request: HttpRequest) -> None:
    """Give a JSON object that carries the media type of a form, as `curl -d` sends it, its own media type."""
    short = int(request.META.get("CONTENT_LENGTH") or 0) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if request.content_type != "application/x-www-form-urlencoded" or not short:
        return
    if request.body.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{"):
        request.META["CONTENT_TYPE"] = request.content_type = "application/json"
