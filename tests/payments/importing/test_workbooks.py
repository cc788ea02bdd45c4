"""Lists as workbooks, within bounds; other files that pass for a list."""

import io
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from config.kit.importing.errors import FileTooLargeError, FileUnreadableError
from config.kit.importing.workbooks import WorkbookSource
from config.kit.lib.sealed_file import open_sealed, write_sealed
from payments.importing.banks import import_banks
from payments.importing.bin_list import import_bin_list
from payments.importing.bin_numbers import import_bin_numbers
from payments.models import BinNumber
from tests.support.factories import CardFactory, PosFactory
from tests.support.files import lines, statuses
from tests.support.workbooks import archive, with_part, workbook

SHEET = "xl/worksheets/sheet1.xml"
XML = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
NOT_DIGITS = "invalid: not 6 or 8 digits"


@pytest.fixture
def card(channel):
    return CardFactory(channel=channel)


def load(card, file):
    return import_bin_numbers(card=card, file=file)


def text_of(rows) -> str:
    return "".join(WorkbookSource(workbook(rows), max_bytes=10**6, progress=lambda *args: None))


def test_a_turkish_bin_list(channel):
    file = workbook(
        [
            ["BIN", "Banka Adı", "Kart Tipi", "Kart Kuruluşu", None],
            [411979, "VAKIFBANK", "Kredi Kartı", "VISA", None],
            [],
            [979203.0, "AKBANK", "Banka Kartı", "TROY"],
        ]
    )
    report = import_bin_list(channel=channel, file=file, pos=PosFactory(channel=channel))
    assert lines(report) == [(2, "411979", "created"), (4, "979203", "created")]
    assert set(BinNumber.objects.values_list("card__bank__slug", flat=True)) == {"vakifbank", "akbank"}


def test_cells_are_as_a_csv_file_has_them():
    rows = [
        [1500, 12.5, 0.1 + 0.2, 1e16, True, date(2026, 3, 1), datetime(2026, 3, 1, 9, 30), None, 'a "b", c']
    ]
    assert text_of(rows) == (
        '1500,12.5,0.3,10000000000000000,true,2026-03-01,2026-03-01 09:30:00,,"a ""b"", c"\n'
    )


def test_a_row_is_a_line_whatever_its_cells_hold(channel):
    file = workbook([["name"], ["Ak\nbank"], ["Teb; Bank, Ş"]])
    assert lines(import_banks(channel=channel, file=file))[1] == (3, "Teb; Bank, Ş", "created")


def test_a_card_number_is_masked(card):
    (masked, status), good = statuses(load(card, workbook([[4111111111111111], [411979]]))).items()
    assert (masked, good) == ("411111******1111", ("411979", "created"))
    assert status.startswith("invalid: a card number")


def test_the_first_visible_sheet_is_read(card):
    book, file = Workbook(), io.BytesIO()
    book.active.sheet_state = "hidden"
    book.create_sheet("BIN").append(["411979"])
    book.save(file)
    assert statuses(load(card, file)) == {"411979": "created"}


def test_an_encrypted_upload_is_read(card, tmp_path):
    write_sealed(tmp_path / "file", [workbook([["bin"], ["411979"]]).getvalue()])
    with open_sealed(tmp_path / "file") as file:
        assert statuses(load(card, file)) == {"411979": "created"}


def test_wrong_dimensions_of_a_sheet_are_not_believed(card):
    rows = b'<row r="1"><c r="A1"><v>411979</v></c></row><row r="2"><c r="A2"><v>552879</v></c></row>'
    sheet = (XML % rows).replace(b"<sheetData>", b'<dimension ref="A1"/><sheetData>')
    assert len(statuses(load(card, with_part(workbook([]), {SHEET: sheet})))) == 2


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({SHEET: XML % (b" " * 50_000_000)}, "too large"),
        ({"xl/media/image1.png": b"\0" * 40_000_000}, "too large when it is unpacked"),
        ({SHEET: XML % (b'<row r="1">' + b"<c/>" * 1_200_000 + b"</row>")}, "row that is too large"),
        ({SHEET: XML % b'<row r="999999999"><c r="A1"><v>411979</v></c></row>'}, "more than 1048576 rows"),
        ({SHEET: XML % b'<row r="1"><c r="XFD1"><v>411979</v></c></row>'}, "more than 1000 columns"),
    ],
)
def test_a_bomb_is_refused(card, settings, parts, message):
    settings.IMPORT_MAX_BYTES = 12_000_000
    with pytest.raises(FileTooLargeError, match=message):
        load(card, with_part(workbook([[411979]]), parts))
    assert not BinNumber.objects.exists()


def test_the_limits_of_files_hold(card, settings):
    settings.IMPORT_MAX_ROWS = 2
    with pytest.raises(FileTooLargeError, match="more than 2 rows"):
        load(card, workbook([[411979], [552879], [516914]]))
    settings.IMPORT_MAX_BYTES = 100
    with pytest.raises(FileTooLargeError, match="larger than 100 bytes"):
        load(card, workbook([[411979]]))


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<!DOCTYPE html><html><table><tr><td>411979", "an HTML page"),
        (b"\xef\xbb\xbf\r\n <TABLE border=1><tr>", "an HTML page"),
        (b'<?xml version="1.0"?><Workbook/>', "an XML document"),
        (b'{"bin": "411979"}', "a JSON document"),
        (b'[\n  {"bin": 411979}]', "a JSON document"),
        (b"[411979, 552879]", "a JSON document"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
        (b"{\\rtf1\\ansi", "an RTF document"),
        (archive("word/document.xml"), "a Word document"),
        (archive("xl/workbook.bin"), "a binary Excel workbook"),
        (archive("META-INF/manifest.xml", "content.xml"), "an OpenDocument file"),
        (archive("list.csv"), "a ZIP archive"),
        (workbook([[1]]).getvalue()[:-40], "cannot be read"),
        (with_part(workbook([]), {"xl/workbook.xml": b"<x"}).getvalue(), "cannot be read"),
        (with_part(workbook([]), {SHEET: XML % b"<row"}).getvalue(), "cannot be read"),
        (
            with_part(workbook([]), {SHEET: ENTITIES + XML % b"<row><c>&b;</c></row>"}).getvalue(),
            "cannot be read",
        ),
        (workbook([]).getvalue(), "no rows"),
    ],
    ids=[
        "html", "table", "xml", "json", "list-of-objects", "list", "pdf", "xls", "rtf", "docx", "xlsb", "ods", "zip",
        "cut", "broken-book", "broken-sheet", "entities", "empty",
    ],
)  # fmt: skip  # without ids the content is one, in which an archive's has the time
def test_what_is_no_list_is_named(card, content, message):
    with pytest.raises(FileUnreadableError, match=message):
        load(card, io.BytesIO(content))


@pytest.mark.parametrize("text", ["<b>Bank</b>\n", "{1}\n", "[x]\n"])
def test_text_that_begins_like_markup_is_still_a_list(channel, text):
    assert statuses(
        import_banks(channel=channel, file=io.BytesIO(f"{text.strip()};name\n1;Akbank\n".encode()))
    )
