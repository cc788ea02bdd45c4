"""Slow clients keep no thread: hundreds of them, and everybody else is answered."""

import contextlib
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from config.process.worker import SMALL, bytes_needed

PROJECT = Path(__file__).resolve().parents[3]
PATIENT, PLAIN = "config.process.worker.PatientWorker", "gthread"
HALF = {
    "idle": b"",
    "half a line": b"GET / HT",
    "half a header": b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    "half a body": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf",
}


@pytest.fixture
def serve() -> Iterator[object]:
    started: list[subprocess.Popen[str]] = []

    def start(worker: str) -> int:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--worker-class", worker, "--threads", "4", "--bind",
             "127.0.0.1:0", "tests.support.echo:application"],
            cwd=PROJECT, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        assert process.stderr is not None
        for line in process.stderr:
            if found := re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", line):
                return int(found[1])
        raise AssertionError("gunicorn has not started")

    yield start
    for process in started:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


@contextlib.contextmanager
def slow_clients(port: int, number: int, sent: bytes) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        clients = []
        for _client in range(number):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            client.sendall(sent)
            clients.append(client)
        yield clients


def answers(port: int, number: int = 10) -> int:
    """How many of so many requests are answered while the others hold their connections."""
    answered = 0
    for _request in range(number):
        with contextlib.suppress(httpx.HTTPError):
            answered += httpx.get(f"http://127.0.0.1:{port}/", timeout=4).status_code == 200
    return answered


@pytest.mark.parametrize("sent", HALF.values(), ids=HALF)
def test_hundreds_of_slow_clients_stop_nobody(serve, sent):
    port = serve(PATIENT)
    with slow_clients(port, 400, sent):
        assert answers(port) == 10


@pytest.mark.parametrize("sent", [HALF["half a header"], HALF["half a body"]], ids=["header", "body"])
def test_control_they_stop_gunicorns_own_worker(serve, sent):
    port = serve(PLAIN)
    with slow_clients(port, 20, sent):
        assert answers(port, 1) == 0


@pytest.mark.parametrize("size", [0, 1, 5_000, SMALL, 1_000_000])
def test_a_request_that_comes_in_pieces_is_whole(serve, size):
    port = serve(PATIENT)
    body = b"x" * size
    request = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % size + body
    step = max(1, len(request) // 7)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        for start in range(0, len(request), step):
            client.sendall(request[start : start + step])
            time.sleep(0.01)
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.endswith(b"%d bytes" % size)


def test_a_client_that_waits_to_be_asked_for_its_body_is_asked(serve):
    """curl and .NET send `Expect: 100-continue` and hold the body back until they are answered."""
    port = serve(PATIENT)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 100")
        client.sendall(b"hello")
        answer = b""
        while b"\r\n\r\n5 bytes" not in answer:  # head and body may come in two pieces
            piece = client.recv(1000)
            assert piece, f"closed after {answer!r}"
            answer += piece


def test_connections_are_kept_alive(serve):
    port = serve(PATIENT)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        assert [client.post("/", content=b"y" * n).text for n in (1, 70_000, 3)] == [
            "1 bytes",
            "70000 bytes",
            "3 bytes",
        ]


def test_a_client_that_goes_away_is_forgotten(serve):
    port = serve(PATIENT)
    for sent in HALF.values():
        with slow_clients(port, 50, sent):
            pass
    assert answers(port) == 10


@pytest.mark.parametrize(
    ("seen", "needed"),
    [
        (b"", 1),
        (b"GET", 4),
        (b"GET / HTTP/1.1\r\n\r\n", 0),
        (b"POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\n12", 43),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n12345", 0),
        (b"POST / HTTP/1.1\r\nContent-Length: 999999\r\n\r\n", 0),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 0),
        (b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", 0),
        (b"x" * SMALL, 0),
    ],
)
def test_what_is_waited_for(seen, needed):
    assert bytes_needed(seen) == needed
