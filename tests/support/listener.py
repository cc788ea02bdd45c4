"""A listener of events: a real HTTP server that takes, fails, hangs, drips and sends away, as its paths say."""

import itertools
import json
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.db import connection

from tests.support.serving import serving

ONE_OF = 40
"""Posts to `/flaky` and `/cut` fails. Each failure pauses the listener for some seconds."""


class Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.heard: list[tuple[str, dict[str, str], bytes]] = []
        self.posts = itertools.count(1)
        self.status = 204
        self.statuses: list[int] = []
        """Of the next posts to `/take`, before `status`."""
        self.delay = 0.0
        self.on_event: Callable[[], object] | None = None
        self.away = ""
        self.hangs_until = threading.Event()
        self.hang_seconds = 3.0

    def url(self, path: str = "/take") -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def events(self, path: str = "/take") -> list[Any]:
        return [json.loads(body) for where, _headers, body in self.heard if where == path]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Listener

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:  # who called was killed: nothing was heard
            self.close_connection = True
            return
        self.server.heard.append((self.path, dict(self.headers), body))
        ways = {"/hang": self._hang, "/drip": self._drip, "/away": self._send_away}
        ways |= {"/flaky": self._refuse_some, "/cut": self._cut_some}
        ways.get(self.path, self._take)()

    def do_GET(self) -> None:
        self.server.heard.append((self.path, dict(self.headers), b"{}"))
        self._take()

    def _take(self) -> None:
        time.sleep(self.server.delay)
        if self.server.on_event:
            self.server.on_event()
            connection.close()
        status = self.server.statuses.pop(0) if self.server.statuses else self.server.status
        self._answer(status if self.path == "/take" else 500)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _refuse_some(self) -> None:
        self._answer(503 if next(self.server.posts) % ONE_OF == 0 else 204)

    def _cut_some(self) -> None:
        """Hear it, and break off without an answer."""
        if next(self.server.posts) % ONE_OF == 0:
            self.close_connection = True
        else:
            self._answer(204)

    def _hang(self) -> None:
        self.server.hangs_until.wait(self.server.hang_seconds)
        self.close_connection = True

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(60):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass  # who called has had enough
        self.close_connection = True

    def _send_away(self) -> None:
        self.send_response(302)
        self.send_header("Location", self.server.away or self.server.url("/secret"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


def listening() -> AbstractContextManager[Listener]:
    return serving(Listener())
