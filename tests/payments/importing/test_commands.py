"""The import commands as a shell sees them."""

import csv
import io
import sys

import pghistory
import pytest
from django.core.management import CommandError, call_command

from payments.models import Bank, BinNumber
from tests.support.factories import CardFactory, PosFactory
from tests.support.workbooks import workbook


@pytest.fixture
def card(channel):
    return CardFactory(channel=channel, slug="world")


@pytest.fixture
def write(tmp_path):
    def write(text, name="file.csv") -> str:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_bins_for_a_card_named_by_id_or_slug(card, write):
    assert "created: 1\n" in run("import_bin_numbers", write("411979"), "--card", str(card.pk))
    assert "exists: 1\n" in run("import_bin_numbers", write("411979"), "--card", "world", "--channel", "shop")
    assert BinNumber.objects.get().card == card


def test_banks_of_a_channel(channel, write):
    assert "created: 1\n" in run("import_banks", write("name\nAkbank\n"), "--channel", "shop")
    assert Bank.objects.get().channel == channel


def test_a_bin_list(channel, write):
    PosFactory(channel=channel, slug="main")
    path = write("BIN;Network;Type;Category;Issuer\n411979;VISA;CREDIT;;AKBANK\n")
    printed = run("import_bin_list", path, "--channel", "shop", "--pos", "main")
    assert "banks created: 1\ncard types created: 1\ncards created: 1\n" in printed


def test_a_dry_run_writes_nothing(card, write):
    printed = run("import_bin_numbers", write("411979"), "--card", "world", "--dry-run")
    assert printed.startswith("Dry run: nothing was written.\ncreated: 1\n")
    assert not BinNumber.objects.exists()


def test_rejects_are_written_as_a_csv_that_runs_nothing(card, write, tmp_path):
    path = tmp_path / "rejects.csv"
    run("import_bin_numbers", write('411979\n=1+1\n"@x,y"\n'), "--card", "world", "--rejects", str(path))
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["line", "key", "reason"],
            ["2", "'=1+1", "not 6 or 8 digits"],
            ["3", "'@x,y", "not 6 or 8 digits"],
        ]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"\x89PNG", "PNG"), (b"", "no rows"), (b"bad\nworse\n", "No row is valid")],
)
def test_it_fails_where_nothing_could_be_read(card, write, content, message):
    with pytest.raises(CommandError, match=message):
        run("import_bin_numbers", write(content), "--card", "world")


def test_it_fails_in_plain_words_on_wrong_names(card, write, tmp_path):
    path = write("411979")
    for arguments, message in [
        (("import_bin_numbers", path, "--card", "none"), "No Card none"),
        (("import_bin_numbers", path, "--card", "99999999"), "No Card 99999999"),
        (("import_banks", path, "--channel", "none"), "No Channel none"),
        (("import_bin_list", path, "--channel", "shop", "--pos", "none"), "No POS none"),
        (("import_bin_numbers", str(tmp_path / "none"), "--card", "world"), "No such file"),
    ]:
        with pytest.raises(CommandError, match=message):
            run(*arguments)
    CardFactory(slug="world")
    with pytest.raises(CommandError, match="More than one Card world"):
        run("import_bin_numbers", path, "--card", "world")


def test_it_reads_standard_input(card, monkeypatch):
    class Input:
        buffer = io.BytesIO(b"411979\n")

    monkeypatch.setattr(sys, "stdin", Input)
    assert "created: 1\n" in run("import_bin_numbers", "-", "--card", "world")


def test_history_names_the_command(card, write):
    run("import_bin_numbers", write("411979"), "--card", "world")
    (event,) = pghistory.models.Events.objects.tracks(BinNumber.objects.get())
    assert event.pgh_context == {"command": "import_bin_numbers"}


def test_it_draws_a_bar_on_a_terminal_and_prints_lines_elsewhere(card, write):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal, plain = Terminal(), io.StringIO()
    for stream in (terminal, plain):
        call_command(
            "import_bin_numbers", write("411979"), "--card", "world", stdout=io.StringIO(), stderr=stream
        )
    assert "\x1b[" in terminal.getvalue()
    assert plain.getvalue() == "reading: 6 of 6 bytes\nsaving: 6 of 6 bytes\nreporting: 6 of 6 bytes\n"


def test_a_workbook_with_logos_that_are_never_fetched(channel, write):
    rows = [["name", "logo"], *([f"Bank {number}", "http://logos.example/a.png"] for number in range(30))]
    printed = run("import_banks", write(workbook(rows).getvalue(), "list.xlsx"), "--channel", "shop")
    assert "created with a note: 30\n" in printed
    assert "  line 2, Bank 0: logo is not fetched: only https addresses are\n" in printed
    assert "Bank 20" not in printed
