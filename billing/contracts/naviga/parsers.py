"""JSON as the contract's page prints it."""

import io
import re
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError

from config.kit.api.parsers import JSONParser, check_length

# A value, white space and the name of the next member: the comma between them is missing in the page's card sample.
# Quotes inside a text are escaped, so the pattern never matches within a value.
_MISSING_COMMA = re.compile(rb'(?<=["\]}0-9el])(?=\s+"\w+"\s*:)')


class LenientJSONParser(JSONParser):
    """Also accepts a body in which a comma between two members is missing."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Raises ParseError unless the body is a JSON object."""
        check_length(parser_context)
        text = stream.read()
        try:
            body = super().parse(io.BytesIO(text), media_type, parser_context)
        except ParseError:
            body = super().parse(io.BytesIO(_MISSING_COMMA.sub(b",", text)), media_type, parser_context)
        if not isinstance(body, dict):
            raise ParseError("A JSON object is expected.")
        return body
