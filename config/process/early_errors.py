"""Errors of requests that the web server cannot parse (too long an address, broken headers), in the form of whoever was
called, as far as the beginning of the request line tells it.
"""

import io
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from gunicorn.http import errors
from rest_framework.exceptions import APIException

from config.kit.refusal import error_in_form

_BAD_REQUEST = (400, "Bad Request", "The request could not be read.")
_KINDS: list[tuple[type[Exception], tuple[int, str, str]]] = [
    (errors.LimitRequestLine, (414, "URI Too Long", "The address is too long.")),
    (errors.LimitRequestHeaders, (431, "Request Header Fields Too Large", "The headers are too large.")),
    (errors.InvalidRequestLine, _BAD_REQUEST),
    (errors.InvalidRequestMethod, _BAD_REQUEST),
    (errors.InvalidHeader, _BAD_REQUEST),
    (errors.InvalidHeaderName, _BAD_REQUEST),
]


class EarlyError(APIException):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status_code = status


def answer_to(line: bytes, error: Exception) -> bytes | None:
    """The whole answer. None for a path that is no contract's, and for errors that are not of the request."""
    kind = next((kind for known, kind in _KINDS if isinstance(error, known)), None)
    words = line.split(b" ")
    if kind is None or len(words) < 2:
        return None
    status, reason, message = kind
    response: Any = error_in_form(_request_of(words[0], words[1]), EarlyError(status, message))
    if response is None:
        return None
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nCache-Control: no-store\r\n"
        f"Content-Type: {response['Content-Type']}\r\nContent-Length: {len(response.content)}\r\n\r\n"
    )
    return head.encode("latin-1") + bytes(response.content)


def _request_of(method: bytes, target: bytes) -> WSGIRequest:
    path = target.partition(b"?")[0].decode("latin-1")
    environ = {
        "REQUEST_METHOD": method.decode("latin-1"),
        "PATH_INFO": path,
        "SERVER_NAME": "",
        "SERVER_PORT": "",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    }
    return WSGIRequest(environ)
