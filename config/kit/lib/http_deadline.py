"""One limit for a whole exchange. httpx limits each read: an answer that trickles would never end."""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import httpx


class DeadlineTransport(httpx.BaseTransport):
    """Ends every exchange after `seconds`, body included, with httpx.ReadTimeout; reads at most `max_bytes`.

    A longer body is httpx.DecodingError. Compressed bodies are not asked for and not taken: what is read is what is
    measured.
    """

    def __init__(self, inner: httpx.BaseTransport, *, seconds: float, max_bytes: int) -> None:
        self._inner, self._seconds, self._max_bytes = inner, seconds, max_bytes

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        watch = _Watch()
        request.headers["Accept-Encoding"] = "identity"
        request.extensions = {**request.extensions, "trace": watch.trace}
        timer = threading.Timer(self._seconds, watch.cut)
        timer.daemon = True
        timer.start()
        try:
            return self._exchange(request)
        except httpx.TransportError as error:
            if watch.is_over and not isinstance(error, httpx.ConnectTimeout):
                raise httpx.ReadTimeout("The whole exchange took too long.", request=request) from error
            raise
        finally:
            timer.cancel()

    def _exchange(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        try:
            if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise httpx.DecodingError("A compressed answer was not asked for.", request=request)
            body = bytearray()
            for chunk in response.iter_raw():
                body += chunk
                if len(body) > self._max_bytes:
                    raise httpx.DecodingError("The answer is too long.", request=request)
        finally:
            response.close()
        return httpx.Response(
            response.status_code, headers=response.headers, content=bytes(body), request=request
        )

    def close(self) -> None:
        self._inner.close()


class _Watch:
    """Knows the connection of one exchange (httpcore's trace events tell it) and can cut it."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self.is_over = False

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event not in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            return
        with self._lock:
            self._socket = info["return_value"].get_extra_info("socket")
        if self.is_over:
            self.cut()

    def cut(self) -> None:
        self.is_over = True
        with self._lock, suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)
