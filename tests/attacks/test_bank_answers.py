"""Answers of hosts that we call: their size is bounded, compressed or not."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from config.kit.lib import http
from config.kit.lib.http_deadline import DeadlineTransport

BOMB = gzip.compress(b"\0" * 50_000_000)
LIMIT = 1024 * 1024


@contextmanager
def server(body: bytes, encoding: str) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(200)
            if encoding:
                self.send_header("Content-Encoding", encoding)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    made = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}/"
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "identity, gzip", "br", "deflate"])
def test_a_compressed_answer_of_a_bank_is_not_unpacked(encoding):
    transport = DeadlineTransport(httpx.HTTPTransport(), seconds=5, max_bytes=LIMIT)
    with (
        server(BOMB, encoding) as url,
        http.client(transport=transport) as client,
        pytest.raises(httpx.DecodingError),
    ):
        client.post(url, content=b"x")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_nor_is_a_compressed_logo(encoding):
    with server(BOMB, encoding) as url, http.client() as client, pytest.raises(http.ResponseTooLargeError):
        http.get_bytes(client, url, max_bytes=LIMIT, max_seconds=5)


def test_a_long_answer_is_cut():
    transport = DeadlineTransport(httpx.HTTPTransport(), seconds=5, max_bytes=LIMIT)
    with (
        server(b"x" * (LIMIT + 1), "") as url,
        http.client(transport=transport) as client,
        pytest.raises(httpx.DecodingError),
    ):
        client.post(url, content=b"x")
