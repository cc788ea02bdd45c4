"""What every client may get wrong at any door: the answer is the contract's own, and nothing is lost on the way."""

import gzip
import io
import json

import pytest
from django.conf import settings as django_settings
from django.test import Client
from rest_framework.test import APIClient

from billing.models import Payment
from config.process.compressed import CompressedBodies
from config.wsgi import application
from payments.models import Bank
from tests.contracts.bimetri.conftest import SAMPLE, add, make_portal_shop, portal_client
from tests.contracts.naviga.conftest import make_world, token_of
from tests.contracts.naviga.test_naviga import CARD
from tests.contracts.tmf.conftest import BRM, make_telco, rows
from tests.support.factories import BankFactory, PaymentMethodFactory
from tests.vault.conftest import PATH, make_shop
from tests.vault.conftest import SAMPLE as STORED

DOORS = {
    "native": ("/api/v1/banks/", {"detail"}),
    "bimetri": ("/api/payment/add", {"statusCode", "error", "message", "path"}),
    "naviga": ("/Billing/PaymentMethods", {"error"}),
    "brm": (f"{BRM}/payment", {"code", "reason", "message", "status", "referenceError", "@baseType",
                               "@schemaLocation", "@type"}),
    "tmf": ("/tmf-api/paymentManagement/v4/payment", {"code", "reason", "message", "status", "referenceError",
                                                      "@baseType", "@schemaLocation", "@type"}),
    "paywall": (PATH, {"ErrorCode", "Result", "Message", "Body"}),
    "oauth": ("/oauth/token", {"error"}),
}  # fmt: skip
CONTRACTS = {name: door for name, door in DOORS.items() if name != "oauth"}


def doors(known):
    return pytest.mark.parametrize(("path", "keys"), known.values(), ids=known.keys())


@doors(DOORS)
def test_a_wrong_host(db, path, keys):
    for method in ("get", "post"):
        answer = getattr(Client(), method)(path, headers={"Host": "evil.example", "Accept": "text/html"})
        assert answer.status_code == 400
        assert set(answer.json()) == keys


@doors(DOORS)
def test_unknown_paths_below_the_prefix(db, path, keys):
    prefix = path.split("/")[1]
    for unknown in (f"/{prefix}/nothing/at/all", f"/{prefix}/x", f"{path.rstrip('/')}/x/y/z"):
        answer = Client().post(unknown, "{}", content_type="application/json")
        assert answer.status_code == 404, unknown
        assert answer["Content-Type"].startswith("application/json")


@doors(CONTRACTS)
def test_long_addresses(db, api, path, keys):
    for address in (f"{path.rstrip('/')}/{'a' * 8000}", f"{path}?{'a' * 8000}", f"{path}?x={'a' * 8000}"):
        answer = api.get(address)
        assert 400 <= answer.status_code < 500
        assert isinstance(answer.json(), dict)


@doors(CONTRACTS)
def test_a_body_without_a_length_or_in_an_unknown_encoding(db, path, keys):
    chunked = Client().generic("POST", path, b"", headers={"Transfer-Encoding": "chunked"})
    assert (chunked.status_code, set(chunked.json())) == (411, keys)
    packed = Client().generic(
        "POST", path, b"xx", content_type="application/json", headers={"Content-Encoding": "br"}
    )
    assert (packed.status_code, set(packed.json())) == (415, keys)


def clients():
    """A client of each contract, with a path, a good body and the status of its success."""
    make_portal_shop()
    telco = make_telco(first_number=1)
    yield portal_client(), "/api/payment/add", SAMPLE, 200
    yield make_world().client(), "/Billing/PaymentMethods", CARD, 200
    yield portal_client(), f"{BRM}/payment", telco.cash(), 201
    yield make_shop("Shop").api, PATH, STORED, 200


def test_a_body_over_the_limit_is_413(db, api, settings):
    big = b'{"x": "' + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'
    for client, path, _body, _status in [*clients(), (api, "/api/v1/banks/", {}, 201)]:
        answer = client.generic("POST", path, big, content_type="application/json")
        assert answer.status_code == 413, path
        assert isinstance(answer.json(), dict)
    assert Client().post("/oauth/token", {"x": "x" * (len(big) + 1)}).status_code in (400, 413)
    form = "x=" + "x" * len(big)
    answer = Client().generic("POST", "/oauth/token", form, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json()["error"]) == (413, "invalid_request")


@pytest.mark.parametrize("how", ["bom", "no type", "accepts pictures", "accepts nothing"])
def test_a_request_that_means_json_is_read_as_json(db, how):
    for client, path, body, status in clients():
        text = json.dumps(body).encode()
        headers = {"accepts pictures": {"Accept": "image/png"}, "accepts nothing": {"Accept": "*/*;q=0"}}.get(
            how, {}
        )
        text = b"\xef\xbb\xbf" + text if how == "bom" else text
        kind = "" if how == "no type" else "application/json"
        answer = client.generic("POST", path, text, content_type=kind, headers=headers)
        assert answer.status_code == status, (path, answer.content)
        assert answer["Content-Type"].startswith("application/json")


def test_the_native_api_reads_them_too(api, channel):
    body = json.dumps({"name": "x", "slug": "x", "channel": channel.pk}).encode()
    marked = b"\xef\xbb\xbf" + body
    assert api.generic("POST", "/api/v1/banks/", marked, content_type="application/json").status_code == 201
    other = body.replace(b'"slug": "x"', b'"slug": "y"')
    assert api.generic("POST", "/api/v1/banks/", other, content_type="").status_code == 201
    third = body.replace(b'"slug": "x"', b'"slug": "z"')
    unusual = {"Accept": "image/png"}
    made = api.generic("POST", "/api/v1/banks/", third, content_type="application/json", headers=unusual)
    assert (made.status_code, made["Content-Type"]) == (201, "application/json")
    assert Bank.objects.count() == 3
    assert api.get("/api/v1/banks/", headers=unusual).status_code == 406


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/csv;q=0.1, application/json;q=0.9", "application/json"),
        ("application/json;q=0.1, text/csv", "text/csv"),
        ("text/*;q=0.9, application/xml;q=0.8, text/html;q=0", "text/csv"),
        ("*/*;q=0.1, application/xml", "application/xml"),
        ("application/json;q=0, */*", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("application/json; q=1.0", "application/json"),
        ("", "application/json"),
        ("nonsense, application/xml;q=x", "application/xml"),
    ],
)
def test_accept_by_quality(accept, form, api, channel):
    BankFactory(channel=channel)
    headers = {"Accept": accept} if accept else {}
    assert api.get("/api/v1/banks/", headers=headers)["Content-Type"].split(";")[0] == form


def post_raw(path: str, body: bytes, **headers: str) -> int:
    """The status of a request through the whole WSGI application, as a server calls it."""
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": path, "SERVER_NAME": "testserver", "SERVER_PORT": "80",
        "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http", "HTTP_HOST": "testserver", **headers,
    }  # fmt: skip
    said: list[int] = []
    list(application(environ, lambda status, headers: said.append(int(status[:3]))))
    return said[0]


@pytest.mark.django_db(transaction=True)  # the application closes its connection
def test_a_gzip_body_is_read():
    make_portal_shop()
    token = portal_client().defaults["HTTP_AUTHORIZATION"]
    packed = gzip.compress(json.dumps(SAMPLE).encode())
    headers = {"HTTP_AUTHORIZATION": token, "HTTP_CONTENT_ENCODING": "gzip"}
    assert post_raw("/api/payment/add", packed[:-9], **headers) == 415
    assert post_raw("/api/payment/add", packed, **headers) == 200
    assert Payment.objects.count() == 1


def unpack(body, encoding="gzip"):
    seen = {}
    environ = {
        "HTTP_CONTENT_ENCODING": encoding,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    CompressedBodies(lambda environ, start: seen.update(environ) or [])(environ, lambda *_: None)
    return seen


def test_a_bomb_is_cut_behind_the_limit():
    limit = django_settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    seen = unpack(gzip.compress(b"0" * (limit * 20)))
    assert seen["CONTENT_LENGTH"] == str(limit + 1)
    assert len(seen["wsgi.input"].read()) == limit + 1
    assert "HTTP_CONTENT_ENCODING" not in seen


@pytest.mark.parametrize(
    "body", [b"", b"no gzip", gzip.compress(b"{}" * 1000)[:-20]], ids=["empty", "text", "cut"]
)
def test_what_is_no_gzip_keeps_its_header_and_is_415(body):
    assert unpack(body)["HTTP_CONTENT_ENCODING"] == "gzip"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_the_scheme_comes_in_any_case(db, scheme):
    make_portal_shop()
    token = portal_client().defaults["HTTP_AUTHORIZATION"].split()[1]
    client = APIClient(headers={"Authorization": f"{scheme} {token}"})
    assert add(client).status_code == 200
    make_telco(first_number=1)
    assert rows(client.get(f"{BRM}/payment?limit=1"))


def test_naviga_takes_a_bare_token(db):
    world = make_world()
    token = token_of("Finance")
    assert (
        world.client(Authorization=token).post("/Billing/PaymentMethods", CARD, format="json").status_code
        == 200
    )
    for wrong in (f"Basic {token}", "a.b.c", f"{token} x", token[:-4]):
        answer = world.client(Authorization=wrong).post("/Billing/PaymentMethods", CARD, format="json")
        assert (answer.status_code, answer.json()) == (401, {"error": "Invalid authorization."}), wrong


def test_a_method_is_found_only_under_its_own_subscription(db):
    world = make_world()
    own = PaymentMethodFactory(account=world.account, subscription=world.subscription)
    site = world.client()
    assert site.get(f"/Billing/20/PaymentMethods/{own.pk}").status_code == 200
    other = site.get(f"/Billing/245316/PaymentMethods/{own.pk}")
    assert (other.status_code, other.json()["Errors"][0]["Code"]) == (404, "Payments_05")
    of_account = PaymentMethodFactory(account=world.account, gateway_token="other")
    assert site.get(f"/Billing/245316/PaymentMethods/{of_account.pk}").status_code == 200


@pytest.mark.parametrize("path", [path for path, _keys in DOORS.values()])
def test_other_origins_are_let_in_by_setting_only(db, settings, path):
    asked = {"Origin": "https://portal.example", "Access-Control-Request-Method": "POST"}
    assert "Access-Control-Allow-Origin" not in Client().options(path, headers=asked)
    assert "Access-Control-Allow-Origin" not in Client().get(path, headers=asked)
    settings.CORS_ALLOWED_ORIGINS = ["https://portal.example"]
    settings.CORS_URLS_REGEX = settings.CORS_PATHS
    answer = Client().options(
        path, headers=asked | {"Access-Control-Request-Headers": "authorization,if-match"}
    )
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "https://portal.example"
    assert "if-match" in answer["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer
    refused = Client().get(path, headers={"Origin": "https://portal.example"})
    assert "ETag" in refused["Access-Control-Expose-Headers"]
    other = Client().options(path, headers=asked | {"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in other


def test_pages_are_never_for_other_origins(db, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://portal.example"]
    settings.CORS_URLS_REGEX = settings.CORS_PATHS
    for path in ("/admin/login/", "/pay/result/x/"):
        assert "Access-Control-Allow-Origin" not in Client().get(
            path, headers={"Origin": "https://portal.example"}
        )


def test_options_is_answered_in_the_contracts_own_way(db, api):
    assert api.options("/api/v1/banks/").json()["name"] == "Schema"
    for client, path, _body, _status in clients():
        answer = client.options(path)
        assert answer.status_code == 405, path
        assert "POST" in answer["Allow"]
        assert isinstance(answer.json(), dict)
