"""Bank logos named by URL."""

import io

import httpx
import pytest
from django.core.files.storage import default_storage
from PIL import Image

from config.kit.lib import http
from payments.importing.logos import LogoRefusedError, fetch_logo, never_fetched
from payments.tasks import fetch_bank_logo
from tests.support.factories import BankFactory

URL = "https://logos.example/a.png"


@pytest.fixture(autouse=True)
def _hosts(settings, tmp_path):
    settings.LOGO_HOSTS = ["logos.example", "localhost", "127.0.0.1"]
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def bank(channel):
    return BankFactory(channel=channel, slug="akbank", logo_source=URL)


def image(kind="PNG", size=(8, 8)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size).save(file, kind)
    return file.getvalue()


def answering(content: bytes, status: int = 200) -> httpx.Client:
    return http.client(
        transport=httpx.MockTransport(
            lambda request: httpx.Response(status, stream=httpx.ByteStream(content))
        )
    )


@pytest.mark.parametrize(
    ("kind", "suffix"), [("PNG", "png"), ("JPEG", "jpg"), ("GIF", "gif"), ("WEBP", "webp")]
)
def test_it_stores_a_real_image(bank, kind, suffix):
    fetch_logo(bank, client=answering(image(kind)))
    bank.refresh_from_db()
    assert bank.logo.name.endswith(f"akbank.{suffix}")
    with default_storage.open(bank.logo.name) as stored:
        assert stored.read() == image(kind)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html>",
        image()[:45],
        image("TIFF"),
        image(size=(2001, 2001)),
    ],
)
def test_it_refuses_what_is_no_picture_for_a_page(bank, content):
    with pytest.raises(LogoRefusedError):
        fetch_logo(bank, client=answering(content))
    bank.refresh_from_db()
    assert not bank.logo


def test_it_refuses_a_large_answer(bank):
    with pytest.raises(LogoRefusedError):
        fetch_logo(bank, client=answering(b"x" * (1024 * 1024 + 1)))


def test_a_host_in_trouble_may_be_asked_again(bank):
    with pytest.raises(httpx.HTTPStatusError):
        fetch_logo(bank, client=answering(b"", status=503))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (URL, ""),
        ("https://logos.example:443/a.png", ""),
        ("http://logos.example/a.png", "logo_not_https"),
        ("ftp://logos.example/a.png", "logo_not_https"),
        ("https://other.example/a.png", "logo_host_not_allowed"),
        ("https://logos.example:8443/a.png", "logo_other_port"),
        ("https://logos.example@evil.example/a.png", "logo_host_not_allowed"),
        ("https://evil.example/logos.example", "logo_host_not_allowed"),
        ("https://[broken", "logo_no_address"),
        ("https://127.0.0.1/a.png", "logo_host_private"),
        ("https://10.1.2.3/a.png", "logo_host_private"),
        ("https://[::1]/a.png", "logo_host_private"),
        ("https://localhost/a.png", "logo_host_private"),
    ],
)
def test_only_https_of_the_hosts_of_the_settings(url, reason):
    found = never_fetched(url)
    assert (found.code if found else "") == reason


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_an_allowed_host_with_a_private_address_is_refused(channel, host):
    with pytest.raises(LogoRefusedError, match="private address"):
        fetch_logo(BankFactory(channel=channel, logo_source=f"https://{host}/a.png"))


def test_the_job_takes_a_refusal_as_final(channel, caplog):
    bank = BankFactory(channel=channel, logo_source="https://127.0.0.1/a.png")
    fetch_bank_logo(bank_id=bank.pk)
    assert "refused" in caplog.text
    fetch_bank_logo(bank_id=0)
