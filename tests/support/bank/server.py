"""The simulator's HTTP server: banks, challenge page and control, on one loopback port."""

import json
import socket
import struct
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.support.bank.core import Answer, Bank, Drop, form_of
from tests.support.bank.faults import Fault
from tests.support.bank.simulator import all_pans, simulators

MAX_BODY = 1 << 20
PIECE = 16
"""Bytes of a piece where an answer trickles."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int = 0, seed: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.bank = Bank(seed)
        self.bank.base_url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Silent: the proof kills clients in the middle of a request."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self._answer(b"")

    def do_DELETE(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        if length > MAX_BODY:
            self.send_error(413)
            return
        self._answer(self.rfile.read(length))

    def log_message(self, format: str, *args: object) -> None:
        """Silent: request lines would be the only log, and nothing of a card may stand in one."""

    def _answer(self, body: bytes) -> None:
        try:
            answer = route(self.server.bank, self.command, urlsplit(self.path).path, body, self.headers)
        except Drop:
            self._cut()
            return
        except (ValueError, KeyError, SyntaxError) as error:  # ElementTree's ParseError is a SyntaxError
            answer = Answer(f"bad request: {type(error).__name__}".encode(), "text/plain", 400)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        try:
            self._write(answer)
        except OSError:
            self.close_connection = True

    def _cut(self) -> None:
        """Reset the connection: the client sees it break, not end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _write(self, answer: Answer) -> None:
        if not answer.trickle_seconds:
            self.wfile.write(answer.body)
            return
        for start in range(0, len(answer.body), PIECE):
            self.wfile.write(answer.body[start : start + PIECE])
            self.wfile.flush()
            time.sleep(answer.trickle_seconds)


def route(bank: Bank, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """The answer to one request; the stateful walk calls it without a socket. Raises Drop."""
    if path.startswith("/control/"):
        return control(bank, method, path.removeprefix("/control/"), json.loads(body) if body else {})
    if method == "GET":
        return Answer(b"Banka", status=200 if path == "/" else 404)
    if path.startswith("/acs/"):
        return bank.answer_challenge(path.removeprefix("/acs/"), form_of(body))
    for simulator in simulators().values():
        if path in simulator.apis:
            return simulator.apis[path](bank, path, body, headers)
        if path in simulator.gates:
            return simulator.gates[path](bank, form_of(body))
    return Answer(b"", status=404)


def control(bank: Bank, method: str, what: str, data: dict) -> Answer:  # noqa: C901 a list of commands
    if what == "books":
        return _json(bank.books.as_json())
    if what == "calls":
        return _json(bank.calls)
    if what == "pans":
        return _json(all_pans())
    if what == "panel":
        return _json({"refunded_minor": bank.books.at_the_panel(**data)})
    if what == "settle":
        return _json({"settled": bank.books.settle()})
    if what == "reset":
        bank.books.reset()
        bank.faults.clear(int(data.get("seed", 0)))
        bank.calls.clear()
        return _json({})
    if what == "knobs":
        bank.books.accept_duplicates = bool(data.get("accept_duplicates", False))
        return _json({"accept_duplicates": bank.books.accept_duplicates})
    if what == "faults":
        if method == "POST":
            bank.faults.add(Fault(**data))
        elif method == "DELETE":
            bank.faults.clear(int(data.get("seed", 0)))
        return _json(bank.faults.as_json())
    return Answer(b"", status=404)


def _json(data: object) -> Answer:
    return Answer(json.dumps(data).encode(), "application/json")


def start(port: int = 0, seed: int = 0) -> Server:
    """Serve in a thread of this process; `server.shutdown()` ends it."""
    server = Server(port, seed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
