"""One limit for a whole exchange, against servers that trickle, overflow and compress."""

import gzip
import socket
import threading
import time
from contextlib import contextmanager

import httpx
import pytest

from config.kit.lib.http_deadline import DeadlineTransport

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


@contextmanager
def server(*pieces: bytes, pause: float = 0):
    """Answers one request with `pieces`, `pause` seconds between them."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _address = listener.accept()
        with connection:
            connection.recv(65_536)
            for piece in pieces:
                try:
                    connection.sendall(piece)
                except OSError:
                    return
                time.sleep(pause)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        thread.join(10)
        listener.close()


def ask(url: str, seconds: float = 5, max_bytes: int = 1000) -> httpx.Response:
    transport = DeadlineTransport(httpx.HTTPTransport(), seconds=seconds, max_bytes=max_bytes)
    with httpx.Client(transport=transport, timeout=2) as client:
        return client.post(url, content=b"x")


def test_an_answer_in_time_is_whole():
    with server(HEAD + b"Content-Length: 5\r\n\r\n", b"hello", pause=0.01) as url:
        assert ask(url).text == "hello"


@pytest.mark.parametrize(
    "pieces",
    [
        [HEAD + b"Content-Length: 1000\r\n\r\n", *[b"x"] * 30],
        [HEAD, *[b"X-Slow: 1\r\n"] * 30],
        [bytes([byte]) for byte in HEAD],
    ],
    ids=["body", "headers", "status line"],
)
def test_an_answer_that_trickles_ends_at_the_deadline(pieces):
    """Every single read is in time; without the deadline the answer would end by itself, and not as a time-out."""
    with server(*pieces, pause=0.2) as url, pytest.raises(httpx.ReadTimeout):
        ask(url, seconds=1)


def test_an_answer_that_never_ends_is_cut_by_its_size():
    with server(HEAD + b"\r\n", *[b"x" * 1000] * 5) as url, pytest.raises(httpx.DecodingError):
        ask(url)


def test_a_compressed_answer_is_not_taken():
    bomb = gzip.compress(b"0" * 10_000_000)
    head = HEAD + b"Content-Encoding: gzip\r\n" + f"Content-Length: {len(bomb)}\r\n\r\n".encode()
    with server(head, bomb) as url, pytest.raises(httpx.DecodingError):
        ask(url, max_bytes=1_000_000)
