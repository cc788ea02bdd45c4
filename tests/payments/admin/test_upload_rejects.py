"""Rejected rows come back whole, to be mended and sent again; what was chosen stays chosen."""

import re

import pytest
from django.urls import reverse

from payments.models import Bank, BinNumber
from tests.payments.admin.test_uploads import counts, file, url
from tests.support.factories import PosFactory
from tests.support.workbooks import workbook

LIST = (
    "BIN;Ağ;Network;Type;Category;Issuer\n"
    "454671;x;VISA;CREDIT;GOLD;Turkiye Is Bankasi\n"
    "12345;y;VISA;CREDIT;GOLD;Turkiye Is Bankasi\n"
    '454672;z;VISA;LOAN;"GOLD; BIG";Akbank\n'
).encode()


@pytest.fixture(autouse=True)
def var_dir(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def data(channel):
    return {"channel": channel.pk, "pos": PosFactory(channel=channel).pk, "make_banks": "on"}


def check(pages, data, content=LIST, name="list.csv", kind="bin-list", **headers):
    return pages.post(url(kind), {**data, "file": file(content, name)}, **headers)


def rejects(pages, page) -> str:
    answer = pages.get(page.context["rejects_url"])
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_rows_come_back_whole_in_the_files_own_separator(operator_pages, data):
    assert rejects(operator_pages, check(operator_pages, data)).splitlines() == [
        "BIN;Ağ;Network;Type;Category;Issuer;Reason",
        "12345;y;VISA;CREDIT;GOLD;Turkiye Is Bankasi;not 6 or 8 digits",
        '454672;z;VISA;LOAN;"GOLD; BIG";Akbank;unknown type: credit, debit or prepaid expected',
    ]


def test_mended_rows_are_taken_and_their_old_reasons_replaced(operator_pages, data):
    first = rejects(operator_pages, check(operator_pages, data))
    half = first.replace("12345;", "123456;")
    page = check(operator_pages, data, half.encode("utf-8-sig"))
    assert counts(page) == {"created": 1, "exists": 0, "duplicate in file": 0, "invalid": 1}
    again = rejects(operator_pages, page).splitlines()
    assert again[0].count("Reason") == 1
    assert len(again) == 2
    mended = "\n".join(again).replace("LOAN", "CREDIT")
    assert counts(check(operator_pages, data, mended.encode()))["created"] == 1


def test_reasons_are_in_the_readers_language(operator_pages, data):
    text = rejects(operator_pages, check(operator_pages, data, HTTP_ACCEPT_LANGUAGE="tr"))
    assert "not 6 or 8 digits" not in text
    assert "Reason" not in text
    # A file of one language is mended by a reader of another.
    page = check(operator_pages, data, text.encode())
    assert re.split("[;\n]", rejects(operator_pages, page))[6] == "Reason\r"


def test_a_file_without_headings_gets_them(operator_pages, card):
    page = check(operator_pages, {"card": card.pk}, b"411111\nabc\n", kind="bins")
    text = rejects(operator_pages, page)
    assert text.splitlines() == ["bin_number,Reason", "abc,not 6 or 8 digits"]
    again = check(operator_pages, {"card": card.pk}, text.replace("abc", "411112").encode(), kind="bins")
    assert counts(again)["created"] == 1


def test_card_numbers_do_not_come_back_and_formulas_do_not_run(operator_pages, data):
    content = LIST + b"4111111111111111;=1+1;VISA;CREDIT;GOLD;Akbank\n"
    text = rejects(operator_pages, check(operator_pages, data, content))
    assert "4111111111111111" not in text
    assert ";'=1+1;" in text


def test_rows_of_a_workbook_come_back_as_the_readers_excel_splits_them(operator_pages, data):
    rows = [["BIN", "Network", "Type", "Category", "Issuer"], ["1", "VISA", "CREDIT", "GOLD", "Akbank"]]
    for language, separator in (("en", ","), ("tr", ";")):
        content = workbook(rows).getvalue()
        page = check(operator_pages, data, content, "list.xlsx", HTTP_ACCEPT_LANGUAGE=language)
        assert rejects(operator_pages, page).splitlines()[1].startswith(separator.join(rows[1]))


def test_rows_lie_nowhere_in_clear(operator_pages, data, var_dir):
    check(operator_pages, data)
    for path in var_dir.glob("uploads/*/*/rejects"):
        assert b"Akbank" not in path.read_bytes()
    assert list(var_dir.glob("uploads/*/*/rejects"))


def test_all_rejected_rows_can_be_seen_page_by_page(operator_pages, admin_pages, card):
    content = "\n".join(["bin", *(f"x{number}" for number in range(250))]).encode()
    page = check(operator_pages, {"card": card.pk}, content, kind="bins")
    address = page.context["all_rejects_url"]
    assert address in page.content.decode()
    shown = [operator_pages.get(address, {"p": number}).context["rows"] for number in (1, 2, 3, 4)]
    assert [len(rows) for rows in shown] == [100, 100, 50, 0]
    assert shown[2][-1] == ["x249", "not 6 or 8 digits"]
    for strange in ("-1", "x", "9" * 30, "٣"):
        assert operator_pages.get(address, {"p": strange}).status_code == 200
    assert admin_pages.get(address).status_code == 404, "another person's file"


def test_another_file_keeps_what_was_chosen(operator_pages, data):
    page = check(operator_pages, data)
    form = operator_pages.get(page.context["another"]).context["form"]
    assert {name: str(form[name].value()) for name in ("channel", "pos", "make_banks")} == {
        "channel": str(data["channel"]),
        "pos": str(data["pos"]),
        "make_banks": "True",
    }


def test_a_bank_that_is_missing_is_made_by_choice_only(operator_pages, channel, data):
    page = check(operator_pages, {**data, "make_banks": ""})
    assert counts(page)["created"] == 0
    assert "no bank" in page.content.decode()
    operator_pages.post(url("bin-list"), {"token": page.context["token"]})
    assert not Bank.objects.exists()
    page = check(operator_pages, data)
    operator_pages.post(url("bin-list"), {"token": page.context["token"]})
    assert Bank.objects.get().channel == channel
    assert BinNumber.objects.get().card.bank == Bank.objects.get()


def test_made_up_tokens_have_no_rejects(operator_pages):
    for name in ("rejects", "all_rejects"):
        assert operator_pages.get(reverse(f"payments_admin:{name}", args=["a" * 43])).status_code == 404
