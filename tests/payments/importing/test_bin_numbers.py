"""BINs for one card: what the contract's "Bulk" paragraph says, and what operators' files look like."""

import pghistory
import pytest

from config.kit.importing.errors import FileTooLargeError, FileUnreadableError
from payments.importing.bin_numbers import import_bin_numbers
from payments.models import BinNumber
from tests.support.factories import BinNumberFactory, CardFactory
from tests.support.files import csv_file, lines, statuses

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00"
NOT_DIGITS = "invalid: not 6 or 8 digits"


@pytest.fixture
def card(channel):
    return CardFactory(channel=channel)


def load(card, text, **options):
    return import_bin_numbers(card=card, file=csv_file(text), **options)


def stored() -> set[str]:
    return set(BinNumber.objects.values_list("bin_number", flat=True))


def test_it_tells_each_row_its_status_and_saves_the_good_ones(card):
    BinNumberFactory(bin_number="450634", card=card)
    report = load(card, "411979\n450634\n41197901\n411979\n4119790\nabcdef\n")
    assert lines(report) == [
        (1, "411979", "created"),
        (2, "450634", "exists"),
        (3, "41197901", "created"),
        (4, "411979", "duplicate in file"),
        (5, "4119790", NOT_DIGITS),
        (6, "abcdef", NOT_DIGITS),
    ]
    assert report.counts == {"created": 2, "exists": 1, "duplicate in file": 1, "invalid": 2}
    assert report.total == 6
    assert stored() == {"411979", "450634", "41197901"}


def test_a_key_is_answered_once_and_says_that_it_is_repeated(card):
    with load(card, "411979\n450634\n411979\n") as report:
        assert list(report.statuses()) == [("450634", "created"), ("411979", "duplicate in file")]


def test_a_bin_of_another_card_of_the_channel_stays_there(card):
    other = BinNumberFactory(bin_number="411979", card=CardFactory(channel=card.channel))
    assert statuses(load(card, "411979")) == {"411979": "exists"}
    other.refresh_from_db()
    assert other.card_id != card.pk


def test_a_bin_of_another_channel_does_not_matter(card):
    BinNumberFactory(bin_number="411979")
    assert statuses(load(card, "411979")) == {"411979": "created"}


@pytest.mark.parametrize(
    "text",
    [
        "411979\n552879",
        "411979\r\n552879\r\n",
        "411979\r552879\r",
        "BIN\n411979\n552879\n",
        "bin_number;bank\n411979;Vakıf\n552879;Halk\n",
        "\ufeffBin Number\n411979\n552879\n",
        "\n\n 411979 \n\n\t552879\n,,\n",
        '"411979"\n"552879"\n',
        "411979;\n552879;;\n",
        "411979\t\n552879\t\n",
        "id,bin_number,card\n1,411979,2\n2,552879,2\n",
    ],
)
def test_it_reads_what_programs_write(card, text):
    assert statuses(load(card, text)) == {"411979": "created", "552879": "created"}


def test_it_counts_lines_as_an_editor_does(card):
    report = load(card, "bin\r\n\r\n411979\r\nbad\r\n")
    assert lines(report) == [(3, "411979", "created"), (4, "bad", NOT_DIGITS)]


def test_it_counts_lines_of_a_long_file_too(card):
    """Blocks of plain lines go a way of their own; around one that is not plain, lines and order stay."""
    bins = [str(number) for number in range(10_000_000, 10_060_000)]
    text = ["bin", *bins[:20_000], "", '"77 7"', *bins[20_000:40_000], bins[0], "x", *bins[40_000:], bins[1]]
    found = lines(load(card, "\n".join(text)))
    assert [line for line, _, _ in found] == [n for n, row in enumerate(text, 1) if row and row != "bin"]
    assert [row for row in found if row[2] != "created"] == [
        (20_003, "77 7", NOT_DIGITS),
        (40_004, bins[0], "duplicate in file"),
        (40_005, "x", NOT_DIGITS),
        (60_006, bins[1], "duplicate in file"),
    ]


def test_a_line_of_spaces_is_an_empty_line(card):
    assert lines(load(card, "  \n411979\n   \n")) == [(2, "411979", "created")]


@pytest.mark.parametrize(
    "cell", ["٤١١٩٧٩", "４１１９７９", "4.11979E+05", "411979.0", "41 1979", "=411979", "-11979", "²11979"]
)
def test_it_takes_no_other_digits_than_0_to_9(card, cell):
    assert statuses(load(card, f"{cell}\n411979\n")) == {cell: NOT_DIGITS, "411979": "created"}


def test_a_whole_card_number_is_refused_and_masked(card):
    (masked, status), good = statuses(load(card, "4111111111111111\n411979\n")).items()
    assert masked == "411111******1111"
    assert status == "invalid: a card number; send its first 6 or 8 digits"
    assert good == ("411979", "created")


def test_a_row_of_ten_thousand_columns_is_one_invalid_row(card):
    wide = ",".join("1" * 10_000)
    assert lines(load(card, f"411979\n{wide}\n552879\n")) == [
        (1, "411979", "created"),
        (2, "1", "invalid: 10000 columns where 1 are expected"),
        (3, "552879", "created"),
    ]


def test_a_huge_field_is_one_invalid_row(card):
    rows = lines(load(card, f"411979\n{'x' * 3_000_000}\n552879\n"))
    assert rows[1] == (2, "x" * 100, "invalid: longer than 100000 characters")
    assert [row[2] for row in rows[::2]] == ["created", "created"]


def test_wrong_quoting_spoils_its_own_row_only(card):
    assert lines(load(card, '411979\n"5528"79\n"never closed\n516914\n450634\n')) == [
        (1, "411979", "created"),
        (2, '"5528"79', "invalid: wrong quoting"),
        (3, '"never closed', "invalid: a quote is opened and never closed"),
        (4, "516914", "created"),
        (5, "450634", "created"),
    ]


def test_a_never_closed_quote_spoils_its_own_row_only_in_a_long_file(card):
    many = "".join(f"{number}\n" for number in range(100_000, 130_000))
    with load(card, f'"oops\n{many}') as report:
        assert (report.counts["created"], report.counts["invalid"]) == (30_000, 1)


def test_a_quoted_cell_may_go_over_lines(card):
    assert lines(load(card, '"bad\nvalue"\n411979\n')) == [
        (1, "bad value", NOT_DIGITS),
        (3, "411979", "created"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no rows"),
        (b"\n\n ;;\n", "no rows"),
        (b"bin\n", "no rows"),
        (PNG, "PNG image"),
        ("411979\n".encode("utf-16"), "UTF-16"),
        ("411979\n".encode("utf-16-le"), "not a text file"),
        (b"411979\n\x00\n", "not a text file"),
        (b"411979\n\x81\n", "neither UTF-8 nor Windows-1254"),
        (b"PK\x03\x04", "workbook"),
        (b"bin,bin\n411979,1\n", "twice"),
        (b'""\n', "no rows"),
    ],
)
def test_it_says_why_a_file_cannot_be_read(card, content, message):
    with pytest.raises(FileUnreadableError, match=message):
        load(card, content)
    assert not stored()


def test_a_file_over_the_limits_changes_nothing(card, settings):
    settings.IMPORT_MAX_ROWS = 2
    with pytest.raises(FileTooLargeError, match="more than 2 rows") as caught:
        load(card, "411979\n552879\n516914\n")
    assert caught.value.code == "file_100_2"
    settings.IMPORT_MAX_BYTES = 10
    with pytest.raises(FileTooLargeError, match="larger than 10 bytes"):
        load(card, "411979\n552879\n")
    assert not stored()


def test_a_dry_run_reports_and_writes_nothing(card):
    with load(card, "411979\nbad\n", dry_run=True) as report:
        assert report.dry_run
        assert report.counts["created"] == report.counts["invalid"] == 1
    assert not stored()


def test_a_second_run_reports_exists(card):
    load(card, "411979\n552879\n").close()
    assert set(statuses(load(card, "411979\n552879\n")).values()) == {"exists"}


def test_history_says_who(card):
    with pghistory.context(command="import_bin_numbers"):
        load(card, "411979\n").close()
    (event,) = pghistory.models.Events.objects.tracks(BinNumber.objects.get())
    assert (event.pgh_label, event.pgh_context) == ("insert", {"command": "import_bin_numbers"})


def test_the_report_lives_on_and_has_several_readers(card):
    with load(card, "411979\nbad\n552879\n") as report:
        first, second = report.rows(), report.rows()
        assert next(first) == next(second)
        assert [row.key for row in first] == [row.key for row in second] == ["bad", "552879"]
        assert [(row.line, row.reason) for row in report.rejects()] == [(2, "not 6 or 8 digits")]


def test_it_tells_how_far_it_is(card):
    told = []
    load(card, "411979\n", progress=lambda *args: told.append(args)).close()
    assert told == [(7, 7, "reading"), (7, 7, "saving"), (7, 7, "reporting")]


def test_a_file_that_cannot_seek_is_read_too(card):
    class Pipe:
        def __init__(self):
            self.file = csv_file("411979\n")

        def read(self, size=-1, /):
            return self.file.read(size)

    assert statuses(import_bin_numbers(card=card, file=Pipe())) == {"411979": "created"}
