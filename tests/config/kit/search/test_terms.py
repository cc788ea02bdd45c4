"""What is typed into the search box, and how it is understood."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from config.kit.lib.days import today
from config.kit.lib.folding import words_of
from config.kit.search.terms import Term

FOLDED = {
    "ışık": ["isik"],
    "IŞIK": ["isik"],
    "Işık": ["isik"],
    "İŞ BANKASI": ["is", "bankasi"],
    "iş": ["is"],
    "YAPI KREDİ": ["yapi", "kredi"],
    "Yapı Kredi A.Ş.": ["yapi", "kredi", "a", "s"],
    "Çağdaş Ğ ÖÜ": ["cagdas", "g", "ou"],
    "O'Neil-Jørgensen\N{NO-BREAK SPACE}José": [
        "o",
        "neil",
        "j\N{LATIN SMALL LETTER O WITH STROKE}rgensen",
        "jose",
    ],
    "i̇şlem": ["islem"],  # as str.lower() writes İŞLEM
    " \\ ' & | ! : * ( ) < > ": [],
}


@pytest.mark.parametrize("text", FOLDED)
def test_words_are_folded(text):
    assert words_of(text) == FOLDED[text]


@pytest.mark.parametrize("text", FOLDED)
def test_the_database_folds_as_python_does(db, text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(search_words(%s))", [text])
        (stored,) = cursor.fetchone()
    assert sorted(stored) == sorted(set(FOLDED[text]))


YEAR = today().year
CLUES = {
    "3282 835,29 bugün": ("3282", ["835.29"], today()),
    "3282 835.29 today": ("3282", ["835.29"], today()),
    "DÜN 3282": ("3282", [], today() - timedelta(days=1)),
    "yesterday": ("", [], today() - timedelta(days=1)),
    "3282": ("3282", [], None),
    "1.234,56": ("", ["1234.56"], None),
    "1.234": ("", ["1234", "1.234"], None),
    "₺250": ("", ["250"], None),
    "3282 1500 TL": ("3282", ["1500"], None),
    "1500 tl 3282": ("3282", ["1500"], None),
    "3282 1500": ("3282", ["1500"], None),
    "835,29 2026-11-03": ("", ["835.29"], date(2026, 11, 3)),
    "835,29 03.11.2025": ("", ["835.29"], date(2025, 11, 3)),
    "3282 3 Kasım 2025": ("3282", [], date(2025, 11, 3)),
    "3 ağu 2025 12,50": ("", ["12.50"], date(2025, 8, 3)),
    "21.11": ("", ["21.11"], None),
}


@pytest.mark.parametrize("text", CLUES)
def test_clues_of_a_payment(text):
    last_four, amounts, day = CLUES[text]
    clues = Term(text).clues
    assert (clues.last_four, clues.amounts, clues.day) == (last_four, [Decimal(a) for a in amounts], day)


def test_a_day_without_a_year_is_the_last_one_that_was():
    tomorrow = today() + timedelta(days=1)
    months = [
        "ocak",
        "şubat",
        "mart",
        "nisan",
        "mayıs",
        "haziran",
        "temmuz",
        "ağustos",
        "eylül",
        "ekim",
        "kasım",
        "aralık",
    ]
    for day in (today(), tomorrow):
        found = Term(f"{day.day} {months[day.month - 1]}").clues.day
        assert found is not None
        assert (found.day, found.month) == (day.day, day.month)
        assert found <= today()


@pytest.mark.parametrize(
    "text",
    [
        "Ali Veli",
        "3282 Ali",
        "3282 3283 3284",
        "12,5 13,5",
        "31.02.2026",
        "99 kasım",
        "0",
        "-5",
        "1e9",
        "9" * 30,
        "٣٢٨٢",
    ],
)
def test_what_is_no_clue(text):
    assert not Term(text).clues


@pytest.mark.parametrize(
    "text",
    [
        "0532 123 45 67",
        "+90 532 123 45 67",
        "+90 (532) 123-45-67",
        "905321234567",
        "0090 532 1234567",
        "5321234567",
        "0.532.123.45.67",
    ],
)
def test_a_phone_number_in_any_spelling(text):
    assert Term(text).phone == "5321234567"


@pytest.mark.parametrize(
    ("text", "phone"), [("0532 12", "53212"), ("0532", ""), ("A5321234567", ""), ("+", "")]
)
def test_the_start_of_a_phone_number_has_five_digits(text, phone):
    assert Term(text).phone == phone
