"""Request bodies with chunked transfer encoding, which many HTTP clients use for JSON."""

from collections.abc import Callable, Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.conf import settings

IN_MEMORY = 1024 * 1024
OVERHEAD = 1024 * 1024
"""Bytes that a multipart form adds to the largest file."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class ChunkedBodies:
    """WSGI middleware that buffers a chunked body and sets its Content-Length.

    Django reads a body without a Content-Length as empty. Works where the server marks the end of the body, as gunicorn
    does; otherwise ReadableRequestMiddleware answers 411. A body longer than any allowed upload is cut one byte after
    the limit, so that its reader rejects it as too large.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        is_chunked = "HTTP_TRANSFER_ENCODING" in environ and not environ.get("CONTENT_LENGTH")
        if not is_chunked or not environ.get("wsgi.input_terminated"):
            return self.application(environ, start_response)
        body = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # closed with the response
        length = _copy(environ["wsgi.input"], body, settings.IMPORT_MAX_BYTES + OVERHEAD)
        environ = {**environ, "wsgi.input": body, "CONTENT_LENGTH": str(length)}
        return _Response(self.application(environ, start_response), body)


class _Response:
    """Closes the buffered body with the response: a streamed one may still read it."""

    def __init__(self, parts: Iterable[bytes], body: IO[bytes]) -> None:
        self.parts, self.body = parts, body

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.parts)

    def close(self) -> None:
        self.body.close()
        if hasattr(self.parts, "close"):
            self.parts.close()


def _copy(source: IO[bytes], target: IO[bytes], limit: int) -> int:
    """Copy at most `limit` + 1 bytes and return their number."""
    while target.tell() <= limit and (part := source.read(min(65_536, limit + 1 - target.tell()))):
        target.write(part)
    length = target.tell()
    target.seek(0)
    return length
