"""The outbound client, against a real listener."""

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from config.kit.lib import http


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append(self.path)
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "/file")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(50 if self.path == "/drip" else 1):
                self.wfile.write(b"x" * 100)
                self.wfile.flush()
                time.sleep(0.05 if self.path == "/drip" else 0)
        except OSError:
            pass  # the client has had enough

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.seen = []
    thread = threading.Thread(target=listener.serve_forever)
    thread.start()
    yield listener
    listener.shutdown()
    thread.join()
    listener.server_close()


@pytest.fixture
def url(server):
    return f"http://127.0.0.1:{server.server_port}"


def get(client, url, **limits):
    with client:
        return http.get_bytes(client, url, **{"max_bytes": 1000, "max_seconds": 5, **limits})


def test_it_gets(url):
    assert get(http.client(), f"{url}/file").content == b"x" * 100


def test_it_follows_no_redirect(server, url):
    with pytest.raises(httpx.HTTPStatusError, match="302"):
        get(http.client(), f"{url}/away")
    assert server.seen == ["/away"]


@pytest.mark.parametrize("limits", [{"max_bytes": 99}, {"max_seconds": 0.2}])
def test_it_stops_a_long_or_slow_answer(url, limits):
    with pytest.raises(http.ResponseTooLargeError):
        get(http.client(), f"{url}/drip", **limits)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_public_only_does_not_even_connect_to_this_machine(server, host):
    with pytest.raises(http.PrivateAddressError):
        get(http.client(public_only=True), f"http://{host}:{server.server_port}/file")
    assert server.seen == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1",
        "::ffff:8.8.8.8", "64:ff9b::7f00:1", "2002:7f00:1::", "::8.8.8.8", "64:ff9b:1::1", "4000::1", "e000::1",
        "5f00::1", "fec0::1", "ff02::1", "2001:db8::1", "100::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address):
    assert not http.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4001::1"])
def test_addresses_that_are_public(address):
    assert http.is_public(address)


def test_the_address_that_was_checked_is_the_one_that_is_called(monkeypatch):
    answers = iter(["93.184.215.14", "127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: [(2, 1, 6, "", (next(answers), 443))])
    called = []

    def answer(request):
        called.append((request.url.host, request.headers["host"], request.extensions["sni_hostname"]))
        return httpx.Response(200, stream=httpx.ByteStream(b"x"))

    client = http.client(public_only=True, transport=httpx.MockTransport(answer))
    get(client, "https://logos.example/a.png")
    assert called == [("93.184.215.14", "logos.example", "logos.example")]


def test_one_private_address_among_public_ones_is_refused(monkeypatch):
    found = [(2, 1, 6, "", ("93.184.215.14", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(http.PrivateAddressError):
        get(http.client(public_only=True), "https://logos.example/a.png")
