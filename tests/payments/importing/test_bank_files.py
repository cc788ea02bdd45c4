"""Lists as banks send them: Turkish headings, Excel's `sep=` line, other separators, workbooks, wrong formats."""

from pathlib import Path

import pytest

from config.kit.importing.errors import FileUnreadableError
from payments.importing.banks import import_banks
from payments.importing.bin_list import import_bin_list
from payments.importing.bin_numbers import import_bin_numbers
from payments.models import BinNumber
from tests.support.factories import CardFactory, PosFactory
from tests.support.files import csv_file, lines, statuses

FILES = Path(__file__).parent / "files"


@pytest.fixture
def card(channel):
    return CardFactory(channel=channel)


def products() -> dict[str, tuple[str, str, bool]]:
    return {
        row.bin_number: (row.card.bank.slug, row.card.card_payment_type, row.card.is_commerce_card)
        for row in BinNumber.objects.select_related("card__bank")
    }


def test_a_turkish_bin_list_with_bars(channel):
    with (FILES / "bin_listesi.csv").open("rb") as file:
        report = import_bin_list(channel=channel, file=file, pos=PosFactory(channel=channel))
    assert lines(report) == [(3, "411979", "created"), (4, "979203", "created"), (5, "979280", "created")]
    assert products() == {
        "411979": ("vakifbank", "credit", True),
        "979203": ("akbank", "debit", False),
        "979280": ("is-bankasi", "prepaid", False),
    }


def test_turkish_banks_after_a_sep_line(channel):
    with (FILES / "bankalar.csv").open("rb") as file:
        report = import_banks(channel=channel, file=file)
    assert lines(report) == [(3, "İş Bankası", "created"), (4, "Şekerbank", "created")]


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;", "\n\nsep=;"])
def test_a_sep_line_is_no_row(card, first):
    assert statuses(import_bin_numbers(card=card, file=csv_file(f"{first}\n411979\n"))) == {
        "411979": "created"
    }


def test_the_sep_line_decides(channel):
    file = csv_file("sep=;\nname;a,b,c,d\nAkbank, Ak;1\n")
    assert statuses(import_banks(channel=channel, file=file)) == {"Akbank, Ak": "created"}


def test_an_unknown_separator_is_named(card):
    with pytest.raises(FileUnreadableError, match="separated by '#'"):
        import_bin_numbers(card=card, file=csv_file("sep=#\n411979\n"))


def test_a_turkish_heading_beside_the_english_one_is_another_column(channel):
    file = csv_file("Banka;name\n15;Akbank\n")
    assert statuses(import_banks(channel=channel, file=file)) == {"Akbank": "created"}


@pytest.mark.parametrize("heading", ["BİN NUMARASI", "Bin Kodu", "bın", "BIN"])
def test_headings_fold_turkish_letters(card, heading):
    file = csv_file(f"{heading}\n411979\n")
    assert lines(import_bin_numbers(card=card, file=file)) == [(2, "411979", "created")]
