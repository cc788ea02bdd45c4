"""What has got past every door is found at night: tables, history, uploads, logs."""

import pytest
from django.core.management import CommandError, call_command

from billing.models import Case
from billing.services.card_number_sweep import sweep
from config.kit.sweep import BLOCK
from payments.importing import uploads
from payments.models import Channel

NUMBER = "5571135571135575"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    return tmp_path


def places(found) -> set[str]:
    return {finding.place for finding in found}


def test_a_clean_house(channel):
    assert sweep() == []
    call_command("find_card_numbers")
    assert not Case.objects.exists()


@pytest.mark.parametrize("text", [NUMBER, f"of {NUMBER}", "5571 1355 7113 5575"])
def test_tables_and_their_history(channel, text):
    Channel.objects.filter(pk=channel.pk).update(name=text, conf={"deep": [{"note": NUMBER}]})
    found = sweep()
    assert places(found) >= {
        "payments_channel.name", "payments_channel.conf", "payments_channelevent.name", "payments_channelevent.conf",
    }  # fmt: skip
    assert NUMBER not in str(found)


def test_files(folders):
    (folders / "media" / f"{NUMBER}.png").write_bytes(b"x")
    (folders / "postgres").mkdir()
    (folders / "postgres" / "server.log").write_text(f"DETAIL: Key (name)=({NUMBER}) exists")
    elsewhere = folders / "elsewhere.log"
    elsewhere.write_bytes(b"x" * (BLOCK - 8) + b" " + NUMBER.encode() + b" x")
    assert {place.rpartition("/")[2] for place in places(sweep([elsewhere]))} == {
        f"{NUMBER}.png", "server.log", "elsewhere.log",
    }  # fmt: skip


def test_each_place_is_one_open_case_and_the_command_fails(channel, capsys):
    Channel.objects.filter(pk=channel.pk).update(name=NUMBER)
    for _ in range(2):
        with pytest.raises(CommandError):
            call_command("find_card_numbers")
    assert "payments_channel.name: 1" in capsys.readouterr().out
    cases = Case.objects.filter(payment=None, closed_at=None)
    assert cases.filter(summary__contains="payments_channel.name").count() == 1
    assert not cases.filter(summary__contains=NUMBER).exists()


def test_the_pages_of_a_case_about_no_payment(channel, admin_pages):
    Channel.objects.filter(pk=channel.pk).update(name=NUMBER)
    sweep()
    case = Case.objects.filter(payment=None).first()
    assert admin_pages.get("/admin/billing/case/").status_code == 200
    assert admin_pages.get(f"/admin/billing/case/{case.pk}/change/").status_code == 200
    page = admin_pages.get(f"/admin/billing/case/{case.pk}/close/")
    assert page.status_code == 200


def test_uploads_are_unreadable_on_disk_and_go_by_age(folders, ada, monkeypatch):
    from django.core.files.uploadedfile import SimpleUploadedFile

    content = f"name\n{NUMBER}\n".encode() * 30_000
    stored = uploads.store(ada.pk, SimpleUploadedFile("banks.csv", content), {"kind": "banks"})
    assert NUMBER.encode() not in stored.file.read_bytes()
    with stored.check() as file:
        assert file.read() == content
        file.seek(0)
        assert file.read(100) == content[:100]
    monkeypatch.setattr(uploads, "MAX_AGE_SECONDS", -1)
    uploads.remove_old()
    assert not stored.folder.exists()
