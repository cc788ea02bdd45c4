"""What the web server cannot parse is answered in the contract's form all the same."""

import json
import os
import socket
from urllib.parse import urlsplit

import pytest

from tests.contracts.test_doors import CONTRACTS
from tests.support.web_server import web_server


@pytest.fixture(scope="module")
def address():
    """Nothing here asks the database."""
    with web_server(os.environ["DATABASE_URL"]) as url:
        parts = urlsplit(url)
        yield parts.hostname, parts.port


def ask(address, request: bytes) -> tuple[int, dict[str, str], bytes]:
    with socket.create_connection(address, timeout=30) as client:
        client.sendall(request)
        answer = b""
        while part := client.recv(65_536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return int(status.split()[1]), dict(line.split(": ", 1) for line in lines), body


@pytest.mark.parametrize(("path", "keys"), CONTRACTS.values(), ids=CONTRACTS.keys())
def test_long_addresses_and_headers(address, path, keys):
    rest = b" HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
    line = f"POST {path}?x=".encode()
    for request, expected in (
        (line + b"a" * 9000 + rest + b"\r\n", 414),
        (line + rest + b"X-Long: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (line + rest + b"Bad Name: x\r\n\r\n", 400),
    ):
        status, headers, body = ask(address, request)
        assert status == expected
        assert headers["Content-Type"].startswith("application/json")
        assert set(json.loads(body)) == keys


def test_pages_get_the_servers_own(address):
    status, headers, _body = ask(address, b"GET /admin/?" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (status, headers["Content-Type"]) == (414, "text/html")
