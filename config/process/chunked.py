"""Bodies that come in chunks, without a Content-Length: many HTTP clients send JSON so."""

from collections.abc import Callable, Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.conf import settings

IN_MEMORY = 1024 * 1024
OVERHEAD = 1024 * 1024
"""What a form adds to the largest file."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class ChunkedBodies:
    """Around Django, which takes a body without a length for an empty one: reads it first and says how long it is.

    Only where the server marks the body's end (gunicorn does); else LengthRequiredMiddleware asks for a length. What is
    longer than any upload may be is cut there, and refused as too large by whoever reads it.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        is_chunked = "HTTP_TRANSFER_ENCODING" in environ and not environ.get("CONTENT_LENGTH")
        if not is_chunked or not environ.get("wsgi.input_terminated"):
            return self.application(environ, start_response)
        body = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 closed with the answer
        length = _copy(environ["wsgi.input"], body, settings.IMPORT_MAX_BYTES + OVERHEAD)
        environ = {**environ, "wsgi.input": body, "CONTENT_LENGTH": str(length)}
        return _Answer(self.application(environ, start_response), body)


class _Answer:
    """Closes the body with the answer: one that is streamed may still be reading."""

    def __init__(self, parts: Iterable[bytes], body: IO[bytes]) -> None:
        self.parts, self.body = parts, body

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.parts)

    def close(self) -> None:
        self.body.close()
        if hasattr(self.parts, "close"):
            self.parts.close()


def _copy(source: IO[bytes], target: IO[bytes], limit: int) -> int:
    """At most one byte more than `limit`; how many there were."""
    while target.tell() <= limit and (part := source.read(min(65_536, limit + 1 - target.tell()))):
        target.write(part)
    length = target.tell()
    target.seek(0)
    return length
