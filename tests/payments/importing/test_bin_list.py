"""A country's BIN list."""

import os
from pathlib import Path

import pytest

from config.kit.importing.errors import FileUnreadableError
from payments.errors import PosIncompatibleError
from payments.importing.bin_list import import_bin_list
from payments.importing.names import recognize_bank
from payments.importing.products import classify_product
from payments.models import Bank, BinNumber, Card, CardType
from tests.support.factories import BankFactory, CardFactory, CardTypeFactory, PosFactory
from tests.support.files import csv_file, statuses

REAL = os.environ.get("BIN_LIST", "")
HEADER = "BIN;Network;Type;Category;Issuer\n"


@pytest.fixture
def pos(channel):
    return PosFactory(channel=channel, slug="main")


def load(channel, rows, pos=None, **options):
    return import_bin_list(channel=channel, file=csv_file(HEADER + rows), pos=pos, **options)


def card_of(bin_number) -> Card:
    return BinNumber.objects.get(bin_number=bin_number).card


@pytest.mark.skipif(not REAL, reason="BIN_LIST names no file: the real list is not part of the repository")
def test_the_real_list_loads_whole(channel, pos):
    with Path(REAL).open("rb") as file, import_bin_list(channel=channel, file=file, pos=pos) as report:
        assert report.counts == {"created": 1542, "exists": 0, "duplicate in file": 0, "invalid": 333}
        assert {row.reason for row in report.rejects()} == {"no issuer"}
        made = report.created_objects
    assert made == {"banks": 81, "card types": CardType.objects.count(), "cards": Card.objects.count()}
    vakif, halk, deniz = card_of("411979"), card_of("552879"), card_of("516914")
    assert (vakif.bank.name, vakif.card_payment_type, vakif.is_commerce_card) == (
        "VakıfBank",
        "credit",
        False,
    )
    assert (halk.bank.name, halk.card_payment_type, halk.is_commerce_card) == ("Halkbank", "credit", True)
    assert (deniz.bank.name, deniz.card_payment_type, deniz.is_commerce_card) == ("DenizBank", "debit", False)
    with Path(REAL).open("rb") as file, import_bin_list(channel=channel, file=file, pos=pos) as again:
        assert again.counts == {"created": 0, "exists": 1542, "duplicate in file": 0, "invalid": 333}
        assert set(again.created_objects.values()) == {0}


def test_new_cards_use_the_pos_for_everything(channel, pos):
    load(channel, "411979;VISA;CREDIT;PLATINUM;VAKIF BANK\n", pos).close()
    card = card_of("411979")
    assert {card.cash_payment, card.installment_payment, card.three_d_payment} == {pos}
    assert (card.name, card.slug) == ("VakıfBank Visa Credit", "vakifbank-visa-credit")


def test_commercial_and_prepaid_categories_have_cards_of_their_own(channel, pos):
    load(
        channel,
        "400001;VISA;DEBIT;CLASSIC;AKBANK\n400002;VISA;DEBIT;BUSINESS;AKBANK\n"
        "400003;VISA;DEBIT;PREPAID;AKBANK\n400004;VISA;DEBIT;PREPAID BUSINESS;AKBANK\n",
        pos,
    ).close()
    found = [
        (card.card_type.name, card.card_payment_type, card.is_commerce_card)
        for card in map(card_of, ("400001", "400002", "400003", "400004"))
    ]
    assert found == [
        ("Visa", "debit", False),
        ("Visa Commercial", "debit", True),
        ("Visa", "prepaid", False),
        ("Visa Commercial", "prepaid", True),
    ]


def test_without_a_pos_only_bins_of_existing_cards_are_made(channel):
    bank = BankFactory(channel=channel, name="T. Vakıflar Bankası", slug="vakif")
    visa = CardTypeFactory(channel=channel, name="VISA", slug="visa-cards")
    card = CardFactory(channel=channel, bank=bank, card_type=visa, card_payment_type="credit")
    with load(
        channel,
        "411979;VISA;CREDIT;;VAKIF BANK\n411980;VISA;DEBIT;;VAKIF BANK\n411981;VISA;CREDIT;;AKBANK\n",
    ) as report:
        assert dict(report.statuses()) == {
            "411979": "created",
            "411980": "invalid: no card VakıfBank, Visa, debit; name a POS for new cards",
            "411981": "invalid: no card Akbank, Visa, credit; name a POS for new cards",
        }
        assert set(report.created_objects.values()) == {0}
    assert card_of("411979") == card
    assert Bank.objects.get() == bank


def test_existing_objects_are_reused_with_a_pos_too(channel, pos):
    bank = BankFactory(channel=channel, name="Vakıfbank", slug="vb")
    with load(channel, "411979;VISA;CREDIT;;TURKIYE VAKIFLAR BANKASI T.A.O.\n", pos) as report:
        assert report.created_objects == {"banks": 0, "card types": 1, "cards": 1}
    assert card_of("411979").bank == bank


def test_a_bin_that_exists_makes_no_objects(channel, pos):
    load(channel, "411979;VISA;CREDIT;;AKBANK\n", pos).close()
    with load(channel, "411979;TROY;DEBIT;;TEB\n", pos) as report:
        assert report.counts["exists"] == 1
        assert set(report.created_objects.values()) == {0}


def test_a_dry_run_counts_what_it_would_make(channel, pos):
    with load(channel, "411979;VISA;CREDIT;;AKBANK\n", pos, dry_run=True) as report:
        assert report.created_objects == {"banks": 1, "card types": 1, "cards": 1}
    assert [model.objects.count() for model in (Bank, CardType, Card)] == [0, 0, 0]


def test_it_says_why_a_row_is_invalid(channel, pos):
    assert statuses(
        load(
            channel,
            "400001;VISA;CREDIT;;\n400002;;CREDIT;;AKBANK\n400003;VISA;;;AKBANK\n400004;VISA;FUNNY;;AKBANK\n"
            "40000;VISA;CREDIT;;AKBANK\n400005;VISA;CREDIT;;...\n400006;VISA;;PREPAID;AKBANK\n",
            pos,
        )
    ) == {
        "400001": "invalid: no issuer",
        "400002": "invalid: no network",
        "400003": "invalid: no type: credit, debit or prepaid expected",
        "400004": "invalid: unknown type: credit, debit or prepaid expected",
        "40000": "invalid: not 6 or 8 digits",
        "400005": "invalid: issuer without a letter or digit",
        "400006": "created",
    }


def test_a_pos_of_another_channel_is_refused(channel):
    with pytest.raises(PosIncompatibleError):
        load(channel, "411979;VISA;CREDIT;;AKBANK\n", PosFactory())


def test_the_columns_are_required(channel):
    with pytest.raises(FileUnreadableError, match="Column network, type, issuer is missing"):
        import_bin_list(channel=channel, file=csv_file("BIN\n411979\n"))


@pytest.mark.parametrize(
    ("issuer", "name"),
    [
        ("TURKIYE VAKIFLAR BANKASI T. A. O.", "VakıfBank"),
        ("VAKIF KATILIM BANKASI A.S", "Vakıf Katılım"),
        ("ZIRAAT KATILIM BANKASI, A.S.", "Ziraat Katılım"),
        ("ZIRAAT DINAMIK BANK, A.S.", "Ziraat Dinamik"),
        ("T.C. ZIRAAT BANKASI A.S.", "Ziraat Bankası"),
        ("EMLAK KATILIM BANKASI", "Emlak Katılım"),
        ("YAPI KREDI SIGORTA, A.S.", "Yapı Kredi Sigorta"),
        ("FINANSBANK, A.S.", "QNB"),
        ("İş Bankası", "İş Bankası"),
        ("VEPARA ODEME VE ELEKTRONIK PARA HIZMETLERI AS", "Vepara Ödeme ve Elektronik Para Hizmetleri"),
        ("PAPEL ELEKTRONIK PARA VE ODEME HIZMETLERI A S", "Papel Elektronik Para ve Ödeme Hizmetleri"),
        ("Deutsche Kreditbank AG", "Deutsche Kreditbank AG"),
    ],
)
def test_spellings_of_one_bank_are_one_name(issuer, name):
    assert recognize_bank(issuer).name == name


@pytest.mark.parametrize(
    ("category", "is_commercial"),
    [
        ("BUSINESS", True), ("COMMERCIAL", True), ("CORPORATE T&E", True), ("PURCHASING", True), ("B2B", True),
        ("EXECUTIVE BUSINESS", True), ("WORLD BUSINESS", True), ("BUSINESS PREFERRED", True), ("UATP", False),
        ("PERSONAL", False), ("", False),
    ],
)  # fmt: skip
def test_commercial_categories(category, is_commercial):
    assert classify_product("VISA", "CREDIT", category).is_commercial is is_commercial
