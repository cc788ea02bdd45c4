"""JSON in, also as the page prints it."""

import io
import re
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError

from config.kit.api.parsers import JSONParser

# A value, white space, and the name of the next member: the page's card sample lacks the comma between them. Quotes
# inside a text are escaped, so nothing that was sent is changed by it.
_MISSING_COMMA = re.compile(rb'(?<=["\]}0-9el])(?=\s+"\w+"\s*:)')


class PrintedJSONParser(JSONParser):
    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Raises ParseError for what is no JSON object."""
        self.check_length(parser_context)
        text = stream.read()
        try:
            body = super().parse(io.BytesIO(text), media_type, parser_context)
        except ParseError:
            body = super().parse(io.BytesIO(_MISSING_COMMA.sub(b",", text)), media_type, parser_context)
        if not isinstance(body, dict):
            raise ParseError("A JSON object is expected.")
        return body
