"""Five formats of one answer. What users typed is data in each of them."""

import csv
from io import BytesIO, StringIO

import pytest
from defusedxml import ElementTree
from openpyxl import load_workbook

from tests.support.factories import BankFactory, PaymentOptionFactory, PosFactory

TYPES = {
    "json": "application/json",
    "api": "text/html",
    "csv": "text/csv",
    "xls": "application/xls",
    "xml": "application/xml",
}


@pytest.mark.parametrize("format", TYPES)
def test_it_answers_by_format_and_by_accept(format, api, channel):
    BankFactory(channel=channel)
    media_type = TYPES[format]
    for response in (
        api.get(f"/api/v1/banks/?format={format}"),
        api.get("/api/v1/banks/", headers={"Accept": media_type}),
    ):
        assert response.status_code == 200
        assert response.headers["Content-Type"].split(";")[0] == media_type


def table_of(response):
    return list(csv.reader(StringIO(response.getvalue().decode())))


def test_csv_has_the_fields_in_their_order(api, channel):
    bank = BankFactory(channel=channel, name="Türkiye Finans")
    header, row = table_of(api.get("/api/v1/banks/?format=csv"))
    assert header == ["pk", "name", "slug", "logo", "channel", "modified_date", "created_date"]
    assert row[:2] == [str(bank.pk), "Türkiye Finans"]


def test_an_empty_csv_and_an_empty_workbook_have_their_header(api, db):
    assert table_of(api.get("/api/v1/banks/?format=csv"))[0][:2] == ["pk", "name"]
    sheet = load_workbook(BytesIO(api.get("/api/v1/banks/?format=xls").getvalue())).active
    assert [cell.value for cell in sheet[1]][:2] == ["pk", "name"]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\u200b=cmd|' /C calc'!A0", "＝1+1"])
def test_no_cell_becomes_a_formula(name, api, channel):
    BankFactory(channel=channel, name=name)
    cell = table_of(api.get("/api/v1/banks/?format=csv"))[1][1]
    assert cell.startswith("'")
    sheet = load_workbook(BytesIO(api.get("/api/v1/banks/?format=xls").getvalue())).active
    assert sheet["B2"].data_type == "s"
    assert sheet["B2"].value.startswith("'")


def test_a_key_of_a_config_becomes_neither_formula_nor_markup(api, channel):
    PaymentOptionFactory(channel=channel, config={"=evil": "x", "a b<c>": "\x01&", "1": [1, {"": None}]})
    header = table_of(api.get("/api/v1/payment_options/?format=csv"))[0]
    assert not [name for name in header if name.startswith("=")]
    assert load_workbook(BytesIO(api.get("/api/v1/payment_options/?format=xls").getvalue()))
    tree = ElementTree.fromstring(api.get("/api/v1/payment_options/?format=xml").getvalue())
    assert tree.find("results/list-item/config") is not None


@pytest.mark.parametrize("format", TYPES)
@pytest.mark.parametrize(
    "path", ["/api/v1/banks/999/", "/api/v1/banks/?colour=red", "/api/v1/bin_numbers/match/"]
)
def test_errors_come_in_every_form(format, path, api, db):
    response = api.get(f"{path}{'&' if '?' in path else '?'}format={format}")
    assert response.status_code in (400, 404)
    assert response.headers["Content-Type"].split(";")[0] == TYPES[format]
    assert response.getvalue()


@pytest.mark.parametrize("format", TYPES)
def test_secrets_are_masked_in_every_form(format, olivia, channel):
    from tests.conftest import client_of

    config = {"username": "u", "client_id": "c", "store_key": "STOREKEY-123", "password": "PASSWORD-456"}
    PosFactory(
        channel=channel, gateway="omnicore.libs.payment_gateways.nestpay.NestPayGateway", config=config
    )
    response = client_of(olivia).get(f"/api/v1/pos/?format={format}")
    assert response.status_code == 200
    content = response.getvalue()
    if format == "xls":
        sheet = load_workbook(BytesIO(content)).active
        content = repr([[cell.value for cell in row] for row in sheet]).encode()
    assert b"STOREKEY" not in content
    assert b"********23" in content


def test_more_columns_than_a_sheet_has_are_no_error(api, channel):
    PaymentOptionFactory(channel=channel, config={f"key {number}": number for number in range(20_000)})
    sheet = load_workbook(BytesIO(api.get("/api/v1/payment_options/?format=xls").getvalue())).active
    assert sheet.max_column == 16_384
