"""The query rules of TM Forum, as text and on documents."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from billing.contracts.tmf.tmf630.fields import select_fields
from billing.contracts.tmf.tmf630.matching import matches
from billing.contracts.tmf.tmf630.query import Condition, Order, QueryError, parse_query


def conditions(text):
    return list(parse_query(text).conditions)


@pytest.mark.parametrize(
    ("text", "attribute", "operator", "values"),
    [
        ("status=captured", "status", "eq", ("captured",)),
        ("status.eq=captured", "status", "eq", ("captured",)),
        ("status==captured", "status", "eq", ("captured",)),
        ("account.id=84808", "account.id", "eq", ("84808",)),
        ("totalAmount.value.gte=10", "totalAmount.value", "gte", ("10",)),
        ("totalAmount.value>=10", "totalAmount.value", "gte", ("10",)),
        ("totalAmount.value%3E%3D10", "totalAmount.value", "gte", ("10",)),
        ("totalAmount.value>10", "totalAmount.value", "gt", ("10",)),
        ("totalAmount.value%3C10", "totalAmount.value", "lt", ("10",)),
        ("totalAmount.value%3C%3D10", "totalAmount.value", "lte", ("10",)),
        ("description.regex=^a{1,2};$", "description", "regex", ("^a{1,2};$",)),
        ("description%2A%3D%5Ea", "description", "regex", ("^a",)),
        ("description%3D~a", "description", "regex", ("a",)),
        ("status=captured,failed", "status", "eq", ("captured", "failed")),
        ("status=captured%2Cfailed", "status", "eq", ("captured", "failed")),
        ("status=captured;failed", "status", "eq", ("captured", "failed")),
        ("status=captured;status=failed", "status", "eq", ("captured", "failed")),
        ("status=captured&status=failed", "status", "eq", ("captured", "failed")),
        ("%40type=Payment", "@type", "eq", ("Payment",)),
        ("payer.@referredType=x", "payer.@referredType", "eq", ("x",)),
        ("paymentDate.gt=2026-01-01T00:00:00%2B03:00", "paymentDate", "gt", ("2026-01-01T00:00:00+03:00",)),
    ],
)
def test_a_filter_is_read(text, attribute, operator, values):
    assert conditions(text) == [Condition(attribute, operator, values)]


def test_the_rest_of_a_query_is_read():
    query = parse_query(
        "fields=id,account.name&offset=20&limit=10&sort=-paymentDate,+id&allocate=auto", options=("allocate",)
    )
    assert query.fields == ("id", "account.name")
    assert (query.offset, query.limit) == (20, 10)
    assert query.sort == (Order("paymentDate", True), Order("id", False))
    assert query.options == {"allocate": "auto"}
    assert query.conditions == ()


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ("offset=-1", "offset"),
        ("offset=x", "offset"),
        ("offset=" + "9" * 16, "offset"),
        ("limit=0", "limit"),
        ("limit=1&limit=2", "limit"),
        ("limit=²", "limit"),
        ("status", "status"),
        ("status=", "status"),
        ("status=a,,b", "status"),
        ("status=%00", "status"),
        ("a.gt>=1", "a"),
        ("=1", "=1"),
        ("&".join(f"a{n}=1" for n in range(40)), ""),
        ("a=" + ",".join("1" * 300), ""),
        ("a=" + "x" * 9000, ""),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(text, parameter):
    with pytest.raises(QueryError) as error:
        parse_query(text)
    assert error.value.parameter == parameter


DOCUMENT = {
    "id": "1",
    "href": "http://x/1",
    "status": "captured",
    "totalAmount": {"unit": "USD", "value": Decimal("10.5")},
    "paymentDate": datetime(2026, 1, 2, tzinfo=UTC),
    "paymentItem": [{"item": {"id": "a"}, "x": 1}, {"item": {"id": "b"}, "x": 2}],
    "payer": None,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status=captured", True),
        ("status=failed,captured", True),
        ("status=failed", False),
        ("totalAmount.value=10.50", True),
        ("totalAmount.value.gt=10.5", False),
        ("totalAmount.value.gte=10.5", True),
        ("totalAmount.value.gt=ten", False),
        ("paymentDate.gt=2026-01-01", True),
        ("paymentDate.lt=2026-01-02T03:00:00+03:00", False),
        ("paymentItem.item.id=b", True),
        ("paymentItem.item.id=c", False),
        ("payer.id=1", False),
        ("status=captured&totalAmount.unit=TRY", False),
    ],
)
def test_a_document_matches(text, expected):
    assert matches(DOCUMENT, conditions(text)) is expected


def test_fields_are_selected_with_what_always_stays():
    chosen = select_fields(DOCUMENT, ("status", "totalAmount.value", "paymentItem.x"))
    assert chosen == {
        "id": "1",
        "href": "http://x/1",
        "status": "captured",
        "totalAmount": {"value": Decimal("10.5")},
        "paymentItem": [{"x": 1}, {"x": 2}],
    }


def test_none_leaves_the_name_only():
    query = parse_query("fields=none")
    assert select_fields(DOCUMENT, query.fields) == {"id": "1", "href": "http://x/1"}


def test_a_field_and_a_part_of_it_is_the_field():
    whole = select_fields(DOCUMENT, ("totalAmount.unit", "totalAmount"))
    assert whole["totalAmount"] == DOCUMENT["totalAmount"]
    assert select_fields(DOCUMENT, ("totalAmount", "totalAmount.unit")) == whole
