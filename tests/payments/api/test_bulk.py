"""CSV files through the API."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from payments.models import Bank, BinNumber
from tests.support.factories import BinNumberFactory, CardFactory
from tests.support.workbooks import workbook


def upload(content, name="list.csv"):
    return SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())


def body_of(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_it_creates_the_bins_of_a_card(api, channel):
    import json

    card = CardFactory(channel=channel)
    BinNumberFactory(card=card, bin_number="222222")
    file = upload("111111\n222222\n333333\n333333\n44444\n55555555\n")
    response = api.post(f"/api/v1/cards/{card.pk}/bulk_create/", {"filename": file}, format="multipart")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    answer = json.loads(body_of(response))
    assert answer.pop("44444").startswith("invalid: ")
    assert answer == {
        "111111": "created",
        "222222": "exists",
        "333333": "duplicate in file",
        "55555555": "created",
    }
    assert set(card.bin_numbers.values_list("bin_number", flat=True)) == {
        "111111",
        "222222",
        "333333",
        "55555555",
    }


@pytest.mark.parametrize("field", ["filename", "file"])
def test_it_creates_banks(field, api, channel):
    import json

    file = upload("name;slug;logo;channel\nTürkiye İş Bankası;;;99\nAkbank;akbank;;\n".encode("cp1254"))
    response = api.post(
        f"/api/v1/banks/bulk_create/?channel_id={channel.pk}", {field: file}, format="multipart"
    )
    assert json.loads(body_of(response)) == {"Türkiye İş Bankası": "created", "Akbank": "created"}
    assert set(Bank.objects.values_list("slug", "channel")) == {
        ("turkiye-is-bankasi", channel.pk),
        ("akbank", channel.pk),
    }


def test_a_dry_run_writes_nothing(api, channel):
    card = CardFactory(channel=channel)
    url = f"/api/v1/cards/{card.pk}/bulk_create/?dry_run=true"
    response = api.post(url, {"filename": upload("111111\n")}, format="multipart")
    assert body_of(response) == b'{"111111":"created"}'
    assert not BinNumber.objects.exists()


def test_a_misspelt_dry_run_does_not_write(api, channel):
    card = CardFactory(channel=channel)
    url = f"/api/v1/cards/{card.pk}/bulk_create/?dryrun=true"
    response = api.post(url, {"filename": upload("111111\n")}, format="multipart")
    assert response.status_code == 400
    assert not BinNumber.objects.exists()


@pytest.mark.parametrize("body", [{}, {"filename": "csv_file.csv"}, {"other": upload("111111")}])
@pytest.mark.parametrize("format", ["json", "multipart"])
def test_no_file_is_406(body, format, api, channel):
    if format == "json" and "other" in body:
        body = {"other": "x"}
    card = CardFactory(channel=channel)
    response = api.post(f"/api/v1/cards/{card.pk}/bulk_create/", body, format=format)
    assert response.status_code == 406
    assert response.json() == {
        "non_field_errors": "File not found please provide an appropriate file",
        "error_code": "file_100_1",
    }


def test_the_channel_is_mandatory(api, db):
    for query in ("", "?channel_id=", "?channel_id=999", "?channel_id=x"):
        response = api.post(
            f"/api/v1/banks/bulk_create/{query}", {"filename": upload("a")}, format="multipart"
        )
        assert response.status_code == 400
        assert list(response.json()) == ["channel_id"]


def png():
    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (40, 40)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [png(), "111111\n222222\n".encode("utf-16"), b"", b"\x00" * 100, b"PK\x03\x04" + b"\x00\xff" * 500],
    ids=["png", "utf-16", "empty", "nul", "zip"],
)
def test_what_is_no_list_is_refused_whole(content, api, channel):
    card = CardFactory(channel=channel)
    response = api.post(
        f"/api/v1/cards/{card.pk}/bulk_create/", {"filename": upload(content)}, format="multipart"
    )
    assert response.status_code in (400, 406)
    assert not BinNumber.objects.exists()


def test_a_row_of_ten_thousand_columns_is_one_bad_row(api, channel):
    import json

    card = CardFactory(channel=channel)
    file = upload("111111\n" + ",".join(["1"] * 10_000) + "\n222222\n")
    response = api.post(f"/api/v1/cards/{card.pk}/bulk_create/", {"filename": file}, format="multipart")
    assert response.status_code == 200
    statuses = list(json.loads(body_of(response)).values())
    assert statuses.count("created") == 2
    assert len([status for status in statuses if status.startswith("invalid")]) == 1


def test_a_file_over_the_limits_is_406(api, channel, settings):
    card = CardFactory(channel=channel)
    url = f"/api/v1/cards/{card.pk}/bulk_create/"
    settings.IMPORT_MAX_ROWS = 2
    response = api.post(url, {"filename": upload("111111\n222222\n333333\n")}, format="multipart")
    assert (response.status_code, response.json()["error_code"]) == (406, "file_100_2")
    settings.IMPORT_MAX_ROWS, settings.IMPORT_MAX_BYTES = 100, 5
    response = api.post(url, {"filename": upload("111111\n222222\n333333\n")}, format="multipart")
    assert (response.status_code, response.json()["error_code"]) == (406, "file_100_2")
    assert not BinNumber.objects.exists()


def test_a_workbook_is_a_list_too(api, channel):
    file = upload(
        workbook([["Banka Adı", "Logo"], ["Şekerbank", "http://logos.example/a.png"]]).getvalue(), "a.xlsx"
    )
    response = api.post(
        f"/api/v1/banks/bulk_create/?channel_id={channel.pk}", {"filename": file}, format="multipart"
    )
    assert (
        body_of(response).decode() == '{"Şekerbank":"created"}'
    )  # the contract's word; notes are the desk's


def test_a_page_in_place_of_a_list_is_named(api, channel):
    file = upload("<html><body>Please log in", "list.xls")
    response = api.post(
        f"/api/v1/banks/bulk_create/?channel_id={channel.pk}", {"filename": file}, format="multipart"
    )
    assert response.status_code == 406
    assert "File is an HTML page, not a CSV file" in body_of(response).decode()
