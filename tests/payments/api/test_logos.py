"""Logos: what was read can be sent back, and a file goes with its row."""

from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from payments.models import Bank

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def picture(colour="red"):
    file = BytesIO()
    Image.new("RGB", (4, 4), colour).save(file, "PNG")
    return SimpleUploadedFile("logo.png", file.getvalue(), "image/png")


def files():
    return sorted(path.name for path in Path(settings.MEDIA_ROOT).rglob("*.png"))


@pytest.fixture(params=["banks", "card_types"])
def stored(request, api, channel):
    sent = {"name": "A", "slug": "a", "channel": channel.pk, "logo": picture()}
    answer = api.post(f"/api/v1/{request.param}/", sent, format="multipart")
    assert answer.status_code == 201, answer.content
    return f"/api/v1/{request.param}/{answer.json()['pk']}/"


def test_a_logo_survives_get_then_put(api, stored):
    read = api.get(stored).json()
    assert read["logo"].startswith("http://testserver/media/")
    answer = api.put(stored, read, format="json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["logo"] == read["logo"]
    assert len(files()) == 1
    assert api.patch(stored, {"logo": read["logo"].removeprefix("http://testserver")}).status_code == 200


def test_another_address_is_no_logo(api, stored):
    for address in ("http://logo.url", "http://testserver/media/banks/other.png", ""):
        assert list(api.patch(stored, {"logo": address}).json()) == ["logo"], address
    assert len(files()) == 1


def test_a_replaced_logo_is_gone_from_disk(api, stored):
    before = files()
    assert api.patch(stored, {"logo": picture("blue")}, format="multipart").status_code == 200
    assert len(files()) == 1
    assert files() != before


def test_a_removed_logo_is_gone_from_disk(api, stored):
    assert api.patch(stored, {"logo": None}, format="json").json()["logo"] is None
    assert files() == []


def test_the_logo_of_a_deleted_row_is_gone_from_disk(api, stored):
    assert api.delete(stored).status_code == 204
    assert files() == []


def test_a_refused_change_keeps_the_file(api, stored, channel):
    Bank.objects.create(name="B", slug="b", channel=channel)
    before = files()
    sent = {"logo": None, "name": "x" * 200}
    assert api.patch(stored, sent, format="json").status_code == 400
    assert files() == before
