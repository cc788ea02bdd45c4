"""The way back from the simulator: lost, doubled and racing callbacks, its charset, and its books."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from payments.gateways.types import Outcome, ReturnUrls
from tests.support.bank.client import find_pans, wait_until
from tests.support.gateways import BANKS, PROFILES
from tests.support.gateways.profile import order
from tests.support.gateways.walk import authenticate


class ShopServer(BaseHTTPRequestHandler):
    """A shop that keeps what arrives: (method, raw form)."""

    def do_POST(self):
        self._keep(self.rfile.read(int(self.headers["Content-Length"])))

    def do_GET(self):
        self._keep(urlsplit(self.path).query.encode())

    def _keep(self, raw):
        self.server.arrived.append((self.command, raw))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def shop_server():
    with ThreadingHTTPServer(("127.0.0.1", 0), ShopServer) as server:
        server.arrived = []
        server.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def http(bank):
    return bank.http


def walk(bank, http, shop_server, name, *, kind="", otp=None, server=False, **config):
    gateway, ours = PROFILES[name].open(bank.base_url, http, **config), order()
    if kind:
        bank.fault(kind, operation="return", times=1)
    urls = ReturnUrls(
        f"{shop_server.url}/3d", f"{shop_server.url}/3d", f"{shop_server.url}/server" if server else ""
    )
    url, fields, _ = authenticate(gateway, ours, otp=otp, urls=urls)
    return gateway, ours, url, fields


@pytest.mark.parametrize("name", BANKS)
def test_a_lost_callback(bank, http, shop_server, name):
    _, ours, url, _ = walk(bank, http, shop_server, name, kind="lost")
    assert (url, shop_server.arrived) == ("", [])
    assert ours.id not in bank.books()


def test_the_servers_copy_arrives_although_the_browser_is_lost(bank, http, shop_server):
    gateway, ours, url, _ = walk(
        bank, http, shop_server, "nestpay", kind="lost", server=True, store_type="3d_pay"
    )
    assert url == ""
    assert wait_until(lambda: shop_server.arrived)
    callback = gateway.verify_callback(gateway.read_callback(shop_server.arrived[0][1]), ours)
    assert callback.outcome is Outcome.APPROVED


@pytest.mark.parametrize("name", BANKS)
@pytest.mark.parametrize(
    ("kind", "method", "count"), [("double", "POST", 1), ("double_get", "GET", 1), ("race", "POST", 3)]
)
def test_doubled_and_racing_callbacks_are_the_same_message(
    bank, http, shop_server, name, kind, method, count
):
    gateway, ours, _, fields = walk(bank, http, shop_server, name, kind=kind)
    assert wait_until(lambda: len(shop_server.arrived) == count)
    for arrived_by, raw in shop_server.arrived:
        assert arrived_by == method
        assert gateway.read_callback(raw) == fields
        assert gateway.verify_callback(gateway.read_callback(raw), ours).outcome is Outcome.NEEDS_ACTION


def test_turkish_letters_in_the_banks_charset_are_signed_too(bank, http, shop_server):
    gateway, ours, _, _ = walk(bank, http, shop_server, "nestpay", kind="double", otp="wrong")
    raw = shop_server.arrived[0][1]
    assert b"Do%F0rulama" in raw
    fields = gateway.read_callback(raw)
    assert fields["mdErrorMsg"] == "Doğrulama başarısız"
    assert gateway.verify_callback(fields, ours).signature_valid


def test_a_field_that_comes_twice_with_two_values_is_refused():
    gateway = PROFILES["garanti"].open("", None)
    assert gateway.read_callback(b"oid=1&oid=1") == {"oid": "1"}
    with pytest.raises(ValueError, match="two values"):
        gateway.read_callback(b"oid=1&oid=2")


@pytest.mark.parametrize("name", BANKS)
def test_no_card_number_comes_back(bank, http, shop_server, name):
    _, _, _, fields = walk(bank, http, shop_server, name)
    assert len(fields) > 5
    assert not find_pans(str(fields))


def test_the_knob_makes_a_bank_that_charges_twice(bank, http):
    bank.control("knobs", {"accept_duplicates": True})
    gateway, ours = PROFILES["nestpay"].open(bank.base_url, http), order()
    for _ in range(2):
        assert gateway.sale(ours, PROFILES["nestpay"].good_card).outcome is Outcome.APPROVED
    assert (bank.books()[ours.id]["charges"], bank.books()[ours.id]["captured_minor"]) == (2, 20050)


def test_no_card_number_in_the_banks_books_and_calls(bank, http):
    for name in BANKS:
        PROFILES[name].open(bank.base_url, http).sale(order(), PROFILES[name].good_card)
    assert len(bank.books()) == len(BANKS)
    assert not find_pans(str(bank.books()) + str(bank.control("calls", method="GET")))


def test_faults_repeat_with_their_seed(bank, http):
    def struck(seed):
        bank.control("reset", {"seed": seed})
        bank.fault("drop_before", operation="sale", probability=0.5)
        gateway = PROFILES["nestpay"].open(bank.base_url, http)
        return [gateway.sale(order(), PROFILES["nestpay"].good_card).outcome for _ in range(12)]

    assert struck(3) == struck(3)
    assert struck(3) != struck(4)
