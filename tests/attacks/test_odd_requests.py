"""Requests that no client sends: each has an answer, and none is an error of ours."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from rest_framework.test import APIClient

from billing.contracts.tmf.auth import PERMISSIONS
from billing.services.api_client import create_client
from billing.services.return_token import return_token_of
from config.kit.lib.spreadsheet import escape_formula
from tests.billing.conftest import make_shop
from tests.contracts.bimetri.conftest import add, make_portal_shop, portal_client
from tests.contracts.tmf.conftest import make_telco
from tests.support.factories import BankFactory, PaymentMethodFactory
from tests.support.pages import form_data, page_url
from tests.vault.conftest import make_shop as make_merchant
from vault.models import StoredCard

pytestmark = pytest.mark.django_db


def test_readers_open_the_page_of_an_api_client(browser, aydin, ada):
    client, _secret = create_client(name="telco", scopes=list(PERMISSIONS))
    assert browser(aydin).get(page_url(client)).status_code == 200


@pytest.mark.parametrize("value", ["x", "4111 1111", "9" * 30, "-1", "\x00", "1.5"])
@pytest.mark.parametrize("field", ["account", "subscription", "billing_address"])
def test_a_payment_method_of_nobody_known(admin_pages, field, value):
    url = page_url(PaymentMethodFactory())
    data = form_data(admin_pages.get(url))
    assert admin_pages.post(url, {**data, field: value, "kind": "1"}).status_code in (200, 302)


@pytest.mark.parametrize("path", ["a" * 400, "a/" * 200, "%00", "..%2f..%2fetc%2fpasswd", "a%00.png", "%ff"])
def test_media_that_no_file_system_holds(client, path):
    assert client.get(f"/media/{path}").status_code in (400, 404)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/banks/%00/", "/api/v1/payments/%00/", "/admin/payments/bank/%00/change/", "/pay/result/%00/",
        "/brm/payment/v4/payment/%00", "/brm/paymentMethods/v1/paymentMethod/%00", "/Billing/PaymentMethods/%00",
        "/brm/payment/v4/hub/%00", "/tmf-api/paymentManagement/v4/refund/a%00b",
    ],
)  # fmt: skip
def test_an_id_with_a_nul(admin_pages, api, path):
    for client in (admin_pages, api):
        assert client.get(path).status_code in (302, 400, 401, 404, 405)
        assert client.delete(path).status_code in (302, 400, 401, 403, 404, 405)


@pytest.mark.parametrize(
    "grant",
    ["urn:ietf:params:oauth:grant-type:device_code", "authorization_code", "password", "refresh_token", "x"],
)
def test_grants_that_are_not_offered(ada, grant):
    client, secret = create_client(name="telco", scopes=["read"])
    body = {"grant_type": grant, "client_id": client.client_id, "client_secret": secret, "device_code": "x"}
    answer = Client().post("/oauth/token", body)
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("field", ["CardExpireMonth", "CardOwnerName", "CardNumber", "threeD", "phoneNumber"])
def test_a_lone_surrogate_in_a_contract(db, field):
    make_portal_shop()
    body = b'{"%s": "\\ud800"}' % field.encode()
    answer = portal_client().generic("POST", "/api/payment/add", body, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "body", [b'{"slug": "\\ud800"}', b'{"\\ud800": 1}', b'{"name": "\\ud800"}', b'"\\ud800"']
)
def test_a_lone_surrogate_in_the_native_api(api, body):
    for path in ("/api/v1/banks/", "/api/v1/bills/", "/api/v1/payment_methods/", "/api/v1/auth/login/"):
        assert api.generic("POST", path, body, content_type="application/json").status_code == 400


@pytest.mark.parametrize("value", ["4111111111111111", "4111 1111 1111 1111", "1234567890123"])
@pytest.mark.parametrize(
    "field", ["CardExpireMonth", "CardExpireYear", "threeD", "Installment", "phoneNumber"]
)
def test_what_was_sent_is_not_repeated(db, field, value):
    make_portal_shop()
    answer = add(portal_client(), **{field: value})
    assert answer.status_code == 400
    assert value not in answer.content.decode()


def picture(form: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (2, 2)).save(file, form)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.eps", "EPS"), ("a.pdf", "PDF"), ("a.pdf", "PNG"), ("a.png", "EPS"), ("a.html", "PNG"), ("a.svg", "PNG"),
     ("a.tiff", "TIFF"), ("a.png", "JPEG"), ("a", "PNG")],
)  # fmt: skip
def test_logos_that_are_no_pictures_for_a_browser(api, admin_pages, name, form):
    bank = BankFactory()
    logo = SimpleUploadedFile(name, picture(form), content_type="image/png")
    answer = api.patch(f"/api/v1/banks/{bank.pk}/", {"logo": logo}, format="multipart")
    assert (answer.status_code, list(answer.json())) == (400, ["logo"])
    logo.seek(0)
    admin_pages.post(page_url(bank), {**form_data(admin_pages.get(page_url(bank))), "logo": logo})
    bank.refresh_from_db()
    assert not bank.logo


@pytest.mark.parametrize(
    ("name", "form"), [("a.png", "PNG"), ("a.jpg", "JPEG"), ("a.JPEG", "JPEG"), ("a.webp", "WEBP")]
)
def test_logos_that_are(api, name, form, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    logo = SimpleUploadedFile(name, picture(form), content_type="image/png")
    assert (
        api.patch(f"/api/v1/banks/{BankFactory().pk}/", {"logo": logo}, format="multipart").status_code == 200
    )


@pytest.mark.parametrize("text", ["x;=1+cmd", "x\t=1", "a|@SUM(1)", "a\n-1+1", 'a;"=1', "a; =1", "x;+1;=2"])
def test_formulas_behind_a_separator(text):
    for part in escape_formula(text).replace("\t", ";").replace("|", ";").replace("\n", ";").split(";"):
        assert part.strip(' "')[:1] not in tuple("=+-@")


@pytest.mark.parametrize("text", ["a;b", "Ali; Veli", "a|b", "one\ntwo", "12;13"])
def test_texts_with_separators_stay(text):
    assert escape_formula(text) == text


def test_events_carry_whole_payments_so_the_hub_alone_is_not_enough(ada):
    make_telco()
    body = {"callback": "https://listener.example/events"}
    for scopes, status in ((["hub"], 403), (["hub", "read"], 201)):
        client, secret = create_client(name="telco", scopes=scopes)
        credentials = {
            "grant_type": "client_credentials",
            "client_id": client.client_id,
            "client_secret": secret,
        }
        token = Client().post("/oauth/token", credentials).json()["access_token"]
        portal = APIClient(headers={"Authorization": f"Bearer {token}"})
        answer = portal.post("/brm/payment/v4/hub", body, format="json")
        assert answer.status_code in ((status,) if status == 403 else (201, 400))


def test_the_payers_addresses_end(client, settings, monkeypatch):
    payment = make_shop().charge(three_d=True).payment
    token = return_token_of(payment)
    assert client.get(f"/pay/result/{token}/").status_code == 200
    import time

    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 2 * 86400)
    assert client.get(f"/pay/result/{token}/").status_code == 404
    assert client.post(f"/pay/3d/{token}/", {"a": "1"}).status_code == 302  # late results are evidence
    monkeypatch.setattr(time, "time", lambda: now + 31 * 86400)
    assert client.post(f"/pay/3d/{token}/", {"a": "1"}).status_code == 404


@pytest.mark.parametrize(
    ("sent", "kept"), [("37828224", "378282"), ("36438999", "364389"), ("41197901", "41197901")]
)
def test_of_short_numbers_six_and_four_digits_are_kept(db, sent, kept):
    shop = make_merchant("Shop")
    assert shop.save(CardBin=sent).json()["Body"]["CardBin"] == kept
    assert StoredCard.objects.get().card_bin == kept
