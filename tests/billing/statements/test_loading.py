"""A bank's file is loaded as a whole or not at all, once, and its original is kept, encrypted."""

import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import InternalError, ProgrammingError, connection

from billing import services
from billing.models import Statement, StatementLine, StatementPart
from billing.statements.loading import load_statement, read_original
from billing.statements.refusals import StatementRefusedError
from config.kit.importing.errors import FileUnreadableError
from config.kit.lib.errors import InvalidValueError
from tests.billing.statements.world import agree, layout_for
from tests.support.bank import statements
from tests.support.bank.statements import Row
from tests.support.factories import BankFactory, PosFactory

DAY = date(2026, 11, 19)
SALE = Row(
    "T1",
    "order-1",
    "326000000001",
    "P00001",
    "411111******1111",
    DAY,
    DAY + timedelta(days=1),
    123456,
    2210,
    "TRY",
)
REFUND = replace(SALE, order_id="order-2", reference="326000000002", gross=-5000, commission=0)


@pytest.fixture
def acquirer(db):
    pos = PosFactory()
    bank = BankFactory(channel=pos.channel)
    agree(pos, bank=bank, terminal_number="T1")
    return bank


def load(layout, data: bytes, **more):
    arguments = {"name": "day.csv", "first_day": DAY, "last_day": DAY, "user_id": None, **more}
    return load_statement(layout, file=io.BytesIO(data), **arguments)


@pytest.mark.parametrize("name", sorted(statements.SHAPES))
def test_each_banks_file_says_the_same(acquirer, name):
    loaded = load(layout_for(name, acquirer), statements.SHAPES[name]([SALE, REFUND]))
    assert (loaded.created, loaded.known, loaded.is_new) == (2, 0, True)
    sale, refund = StatementLine.objects.order_by("line")
    assert (sale.kind, sale.gross, sale.commission, sale.net) == (
        "sale", Decimal("1234.56"), Decimal("22.10"), Decimal("1212.46"),
    )  # fmt: skip
    assert (sale.sold_on, sale.value_date, sale.currency) == (DAY, DAY + timedelta(days=1), "TRY")
    assert sale.host_reference == "326000000001"
    assert (refund.kind, refund.gross) == ("refund", Decimal(50))
    assert sale.pos.agreement.terminal_number == "T1"


def test_the_original_is_kept_as_it_came_and_not_in_clear(acquirer, ada):
    data = statements.garanti([SALE])
    statement = load(layout_for("garanti", acquirer), data, user_id=ada.pk).statement
    assert read_original(statement) == data
    assert statement.loaded_by == ada
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM billing_statementpart")
        assert b"order-1" not in cursor.fetchone()[0].encode()


def test_a_dry_run_writes_nothing(acquirer):
    loaded = load(layout_for("garanti", acquirer), statements.garanti([SALE, REFUND]), dry_run=True)
    assert (loaded.statement, loaded.created) == (None, 2)
    assert not Statement.objects.exists()
    assert not StatementLine.objects.exists()


def test_the_same_file_again_is_the_same_statement(acquirer):
    layout, data = layout_for("garanti", acquirer), statements.garanti([SALE])
    first, again = load(layout, data), load(layout, data)
    assert (again.statement, again.is_new) == (first.statement, False)
    assert StatementLine.objects.count() == 1


def test_lines_that_an_earlier_file_had_are_left_out(acquirer):
    layout = layout_for("garanti", acquirer)
    load(layout, statements.garanti([SALE]))
    more = load(layout, statements.garanti([SALE, SALE, REFUND]))
    assert (more.created, more.known) == (2, 1)
    assert sorted(StatementLine.objects.values_list("occurrence", flat=True)) == [1, 1, 2]


GOOD = statements.garanti([SALE, REFUND]).decode("windows-1254")


@pytest.mark.parametrize(
    ("change", "line", "reason"),
    [
        (lambda text: text.replace("1.234,56;22,10;1.212,46;TL", "1.234,5x;22,10;1.212,46;TL"), 2, "gross amount"),
        (lambda text: text.replace("1.212,46;TL", "1.212,47;TL"), 2, "gross less commission is not net"),
        (lambda text: text.replace("1.234,56;22,10;1.212,46;TL", "1,234.56;22,10;1.212,46;TL"), 2, "gross amount"),
        (lambda text: text.replace("19.11.2026;20", "31.02.2026;20", 1), 2, "day of the sale"),
        (lambda text: text.replace("19.11.2026;20", "19.10.2026;20", 1), 2, "not in the days"),
        (lambda text: text[: text.index("TOPLAM")], 3, "was cut"),
        (lambda text: text[: text.index("İADE") + 12], 3, "gross amount"),
        (lambda text: text.replace("1.184,56", "1.184,57"), 4, "the lines add up to 1184.56"),
        (lambda text: text + text.splitlines()[1] + "\r\n", 4, "after the totals"),
        (lambda text: text.replace("\nT1;", "\nT9;"), 2, "No terminal"),
        (lambda text: text.replace("TL\r\n", "TLX\r\n", 1), 2, "ISO 4217"),
        (lambda text: text.replace("order-1", "4111111111111111"), 2, "card number"),
    ],
    ids=[
        "no-number", "does-not-add-up", "other-decimals", "no-such-day", "other-month", "cut-between-lines",
        "cut-in-a-line", "totals", "lines-after-totals", "other-bank", "no-currency", "card-number",
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_whole_with_line_and_reason(acquirer, change, line, reason):
    text = change(GOOD)
    assert text != GOOD
    with pytest.raises(StatementRefusedError) as refused:
        load(layout_for("garanti", acquirer), text.encode("windows-1254"))
    assert refused.value.line == line
    assert reason in refused.value.message
    for model in (Statement, StatementLine, StatementPart):
        assert not model.objects.exists()


def test_another_encoding_is_refused(acquirer):
    with pytest.raises(StatementRefusedError, match="The file is in UTF-8"):
        load(layout_for("garanti", acquirer), GOOD.encode())


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7",
        b"",
        b"<html><body>Session expired</body></html>",
        statements.nestpay([SALE]),
        "İş".encode("utf-16"),
    ],
    ids=["pdf", "empty", "html", "another-banks-headings", "utf-16"],
)
def test_what_is_no_such_list_is_refused(acquirer, data):
    with pytest.raises((FileUnreadableError, StatementRefusedError)):
        load(layout_for("garanti", acquirer), data)
    assert not Statement.objects.exists()


@pytest.mark.parametrize("table", ["billing_statement", "billing_statementline", "billing_statementpart"])
def test_nobody_takes_a_statement_away(acquirer, table):
    load(layout_for("garanti", acquirer), statements.garanti([SALE]))
    with pytest.raises((InternalError, ProgrammingError)), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize(
    "columns",
    [{}, {"gross": "Tutar"}, {"gros": "Tutar"}, {"terminal_number": "T", "sold_on": "G", "gross": 5}, []],
    ids=["none", "missing", "unknown", "no-text", "list"],
)
def test_a_layout_names_our_fields(acquirer, columns):
    with pytest.raises(InvalidValueError):
        services.statement_layouts.create(bank=acquirer, name="wrong", columns=columns)
