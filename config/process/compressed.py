"""Request bodies that are compressed with gzip."""

import io
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
GZIP = ("gzip", "x-gzip")


class CompressedBodies:
    """WSGI middleware that unpacks a body with `Content-Encoding: gzip`, up to the largest body that is read.

    What unpacks to more is cut one byte after the limit, so that its reader rejects it as too large. Other encodings,
    and what is no gzip, keep their header: ReadableRequestMiddleware answers 415.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        encoding = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
        if encoding in GZIP:
            environ = _unpacked(environ)
        return self.application(environ, start_response)


def _unpacked(environ: dict[str, Any]) -> dict[str, Any]:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    sent = int(environ.get("CONTENT_LENGTH") or 0)
    if sent > most:
        return {name: value for name, value in environ.items() if name != "HTTP_CONTENT_ENCODING"}
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        body = unpacker.decompress(environ["wsgi.input"].read(sent), most + 1)
    except zlib.error:
        return environ
    if not unpacker.eof and len(body) <= most:
        return environ  # cut off on its way
    changed = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    return {name: value for name, value in environ.items() if name != "HTTP_CONTENT_ENCODING"} | changed
