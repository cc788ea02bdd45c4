from decimal import Decimal

import pytest

from config.kit.lib.spreadsheet import escape_formula


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "  =1",
        "\n=1",
        "\x00=1",
        "\x1f\x7f=1",
        "\u200b=1",
        "\ufeff=1",
        "\xa0=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff201",
        "\u22121",
        "\ufe62x",
    ],
)
def test_it_quotes_text_that_a_spreadsheet_would_run(text):
    assert escape_formula(text).startswith("'")


@pytest.mark.parametrize("value", ["", "Garanti", "a=b", "TR33 0006", "ÇĞİ", "1-2", "'x"])
def test_it_keeps_other_text(value):
    assert escape_formula(value) == value


@pytest.mark.parametrize("value", [-1, 0, Decimal("-2.5"), -0.1, None, True])
def test_it_keeps_numbers_and_nothing(value):
    assert escape_formula(value) is value


def test_it_drops_what_xml_cannot_hold():
    assert escape_formula("a\x00b\x0b\ud800\ufffec\n") == "abc\n"
