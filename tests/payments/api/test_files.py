"""Lists as CSV, XLS and XML: all rows, in pieces, and never more than a few of them in memory."""

import csv
import tracemalloc
from io import BytesIO, StringIO
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from config.kit.api.renderers import XLSRenderer
from tests.support.factories import BankFactory, BinNumberFactory, PaymentOptionFactory, PosFactory
from tests.support.many import copy_rows


def content_of(response) -> bytes:
    assert response.status_code == 200, response.content
    return response.getvalue()


def csv_rows(response) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content_of(response).decode())))


def sheet_rows(response):
    return list(load_workbook(BytesIO(content_of(response))).active.iter_rows(values_only=True))


@pytest.fixture
def banks(channel):
    return [BankFactory(channel=channel) for _ in range(25)]


def test_every_form_has_all_rows(api, banks):
    assert [row["slug"] for row in csv_rows(api.get("/api/v1/banks/?format=csv"))] == [
        bank.slug for bank in banks
    ]
    assert len(sheet_rows(api.get("/api/v1/banks/?format=xls"))) == 26
    tree = ElementTree.fromstring(content_of(api.get("/api/v1/banks/?format=xml")))
    assert (tree.findtext("count"), len(tree.findall("results/list-item"))) == ("25", 25)
    assert [child.tag for child in tree] == ["count", "next", "previous", "results"]
    assert len(csv_rows(api.get("/api/v1/banks/", headers={"Accept": "text/csv"}))) == 25


def test_a_limit_or_a_page_is_honoured(api, banks):
    assert len(csv_rows(api.get("/api/v1/banks/?format=csv&limit=3"))) == 3
    assert len(csv_rows(api.get("/api/v1/banks/?format=csv&page=3"))) == 5
    assert len(sheet_rows(api.get("/api/v1/banks/?format=xls&limit=7"))) == 8
    assert len(api.get("/api/v1/banks/").json()["results"]) == 10


def test_filters_and_order_hold_for_all_rows(api, banks):
    found = csv_rows(api.get(f"/api/v1/banks/?format=csv&id__gt={banks[4].pk}&sort=-id"))
    assert [row["pk"] for row in found] == [str(bank.pk) for bank in reversed(banks[5:])]
    assert api.get("/api/v1/banks/?format=csv&colour=red").status_code == 400


@pytest.mark.parametrize(
    ("form", "name"), [("csv", "banks.csv"), ("xls", "banks.xlsx"), ("xml", "banks.xml")]
)
@pytest.mark.parametrize("query", ["", "&limit=1"])
def test_a_file_has_a_name(form, name, query, api, banks):
    response = api.get(f"/api/v1/banks/?format={form}{query}")
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "Content-Disposition" not in api.get("/api/v1/banks/")


def test_nested_columns_are_those_of_all_rows(api, channel):
    for number in range(12):
        PaymentOptionFactory(channel=channel, config={f"key{number}": number})
    rows = csv_rows(api.get("/api/v1/payment_options/?format=csv"))
    assert [row[f"config.key{number}"] for number, row in enumerate(rows)] == list(map(str, range(12)))
    assert rows[0]["config.key11"] == ""
    PosFactory(channel=channel)
    assert "config.three_d_enabled" in csv_rows(api.get("/api/v1/pos/?format=csv"))[0]


@pytest.mark.parametrize("resource", ["payments", "refunds", "bills", "payment_methods"])
def test_the_native_lists_are_files_too(resource, api, db):
    header = content_of(api.get(f"/api/v1/{resource}/?format=csv")).decode().splitlines()
    assert len(header) == 1
    assert header[0].startswith("pk,")


def test_a_sheet_that_is_too_small_names_csv(api, banks, monkeypatch):
    monkeypatch.setattr(XLSRenderer, "max_rows", 24)
    response = api.get("/api/v1/banks/?format=xls")
    assert response.status_code == 406
    assert "at most 24 rows. Ask for CSV" in str(response.data["detail"])
    assert len(sheet_rows(api.get("/api/v1/banks/?format=xls&limit=24"))) == 25
    assert len(csv_rows(api.get("/api/v1/banks/?format=csv"))) == 25


@pytest.mark.django_db(transaction=True)
def test_memory_does_not_grow_with_the_rows(api, channel):
    copy_rows(BinNumberFactory(), 20_000, bin_number="(50000000 + n)::text")
    response = api.get("/api/v1/bin_numbers/?format=csv")
    parts = iter(response.streaming_content)
    size = len(next(parts))
    tracemalloc.start()
    size += sum(map(len, parts))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 1_500_000
    assert peak < 4_000_000


@pytest.mark.django_db(transaction=True)
def test_all_rows_are_of_one_moment(api, channel):
    for _ in range(600):
        BankFactory(channel=channel)
    response = api.get("/api/v1/banks/?format=xml")
    parts = iter(response.streaming_content)
    first = next(parts)
    assert b"<count>600</count>" in first
    assert (first + b"".join(parts)).count(b"<list-item>") == 600
