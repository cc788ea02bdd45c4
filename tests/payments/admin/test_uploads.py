"""Upload pages: a dry run first, then the load, then the rejects; files kept private in between."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.urls import reverse

from payments.admin.upload_forms import KINDS
from payments.importing.bin_numbers import import_bin_numbers
from payments.models import Bank, BinNumber
from tests.support.factories import BinNumberFactory, PosFactory
from tests.support.workbooks import workbook

BINS = b"bin\n411111\n411112\n411112\nabc\n=1+1\n"


@pytest.fixture(autouse=True)
def var_dir(settings, tmp_path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


def url(kind: str) -> str:
    return reverse("payments_admin:upload", args=[kind])


def file(content: bytes, name: str = "list.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def check(client, card, content: bytes = BINS):
    return client.post(url("bins"), {"card": card.pk, "file": file(content)})


def counts(response) -> dict[str, int]:
    return {status: count for status, count, _text in response.context["outcome"].counts}


def test_it_first_shows_what_would_happen(operator_pages, card):
    page = check(operator_pages, card)
    assert counts(page) == {"created": 2, "exists": 0, "duplicate in file": 1, "invalid": 2}
    assert "Nothing has been saved yet" in page.content.decode()
    assert not BinNumber.objects.exists()


def test_it_loads_on_confirmation_and_gives_the_rejects(operator_pages, card, var_dir):
    token = check(operator_pages, card).context["token"]
    done = operator_pages.post(url("bins"), {"token": token})
    assert counts(done)["created"] == 2
    assert set(BinNumber.objects.values_list("bin_number", flat=True)) == {"411111", "411112"}
    rejects = b"".join(operator_pages.get(done.context["rejects_url"]).streaming_content).decode("utf-8-sig")
    assert "abc" in rejects
    assert "'=1+1" in rejects
    assert not list(var_dir.glob("uploads/*/*/file"))
    again = operator_pages.post(url("bins"), {"token": token})
    assert "uploaded file has expired" in again.content.decode()


def test_a_double_click_imports_once(operator_pages, card, monkeypatch):
    token = check(operator_pages, card).context["token"]
    second = []

    def click_again(**arguments):
        if not second:
            second.append(operator_pages.post(url("bins"), {"token": token}).content.decode())
        return import_bin_numbers(**arguments)

    monkeypatch.setitem(KINDS, "bins", replace(KINDS["bins"], load=click_again))
    done = operator_pages.post(url("bins"), {"token": token})
    assert "is being imported already" in second[0]
    assert counts(done)["created"] == 2


def test_a_file_whose_import_failed_is_kept_for_another_try(operator_pages, card, monkeypatch):
    token = check(operator_pages, card).context["token"]

    def take_too_long(**arguments):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '10ms'; SELECT pg_sleep(5)")

    with monkeypatch.context() as patched:
        patched.setitem(KINDS, "bins", replace(KINDS["bins"], load=take_too_long))
        with pytest.raises(OperationalError):
            operator_pages.post(url("bins"), {"token": token})
    assert counts(operator_pages.post(url("bins"), {"token": token}))["created"] == 2


def test_a_token_is_good_for_its_owner_only(operator_pages, admin_pages, card):
    page = check(operator_pages, card)
    token = page.context["token"]
    assert "uploaded file has expired" in admin_pages.post(url("bins"), {"token": token}).content.decode()
    assert admin_pages.get(page.context["rejects_url"]).status_code == 404
    assert not BinNumber.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "../../../etc/passwd", "a" * 43, "a" * 5000, "\x00" * 43])
def test_made_up_tokens_are_gone_files(operator_pages, card, token):
    assert "uploaded file has expired" in operator_pages.post(url("bins"), {"token": token}).content.decode()


def test_a_token_of_another_page_is_refused(admin_pages, card):
    token = check(admin_pages, card).context["token"]
    assert "uploaded file has expired" in admin_pages.post(url("banks"), {"token": token}).content.decode()


def test_files_are_private_and_go_after_an_hour(operator_pages, card, var_dir):
    token = check(operator_pages, card).context["token"]
    (folder,) = var_dir.glob("uploads/*/*")
    assert folder.stat().st_mode & 0o077 == 0
    old = time.time() - 2 * 60 * 60
    os.utime(folder, (old, old))
    assert "uploaded file has expired" in operator_pages.post(url("bins"), {"token": token}).content.decode()
    check(operator_pages, card)
    assert not folder.exists()


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\x00\x00", b"\x00" * 100])
def test_what_is_no_text_is_an_error_of_the_form(operator_pages, card, content):
    page = check(operator_pages, card, content)
    assert page.status_code == 200
    assert page.context["form"].errors


def test_banks_are_uploaded_for_a_channel(operator_pages, channel):
    page = operator_pages.post(
        url("banks"), {"channel": channel.pk, "file": file("name\nİş Bankası\n".encode())}
    )
    operator_pages.post(url("banks"), {"token": page.context["token"]})
    assert Bank.objects.get().name == "İş Bankası"


def test_a_countrys_list_makes_its_cards_on_a_pos(operator_pages, channel):
    pos = PosFactory(channel=channel)
    content = b"BIN;Network;Type;Category;Issuer\n454671;VISA;CREDIT;GOLD;Turkiye Is Bankasi\n"
    data = {"channel": channel.pk, "pos": pos.pk, "make_banks": "on", "file": file(content)}
    page = operator_pages.post(url("bin-list"), data)
    assert counts(page)["created"] == 1, page.content.decode()
    operator_pages.post(url("bin-list"), {"token": page.context["token"]})
    assert BinNumber.objects.get().card.cash_payment == pos


def test_a_pos_of_another_channel_is_refused(operator_pages, channel):
    data = {
        "channel": channel.pk,
        "pos": PosFactory().pk,
        "file": file(b"BIN;Network;Type;Category;Issuer\n"),
    }
    assert "pos" in operator_pages.post(url("bin-list"), data).context["form"].errors


def test_the_card_is_chosen_where_the_page_is_opened_from_it(operator_pages, card):
    page = operator_pages.get(f"/admin/payments/card/{card.pk}/upload-bins/", follow=True)
    assert page.context["form"].initial == {"card": str(card.pk)}


def test_an_unknown_kind_is_not_found(operator_pages):
    assert operator_pages.get(url("nothing")).status_code == 404


def test_history_names_the_uploader(operator_pages, card):
    token = check(operator_pages, card).context["token"]
    operator_pages.post(url("bins"), {"token": token})
    row = BinNumber.objects.first()
    page = operator_pages.get(reverse("admin:payments_binnumber_history", args=[row.pk]))
    assert page.context["history"].entries[0].who == "olivia"


def test_existing_bins_are_counted_as_such(operator_pages, card):
    BinNumberFactory(card=card, bin_number="411111")
    assert counts(check(operator_pages, card))["exists"] == 1


def test_a_workbook_is_checked_and_loaded(admin_pages, channel):
    content = workbook([["Banka", "Logo"], ["Şekerbank", "http://logos.example/a.png"]]).getvalue()
    page = admin_pages.post(url("banks"), {"channel": channel.pk, "file": file(content, "list.xlsx")})
    assert counts(page)["created"] == 1
    assert "Rows with a note" in page.content.decode()
    assert "only https addresses are" in page.content.decode()
    admin_pages.post(url("banks"), {"token": page.context["token"]})
    assert Bank.objects.get().slug == "sekerbank"
