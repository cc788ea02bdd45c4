"""Paging, filters and sorting: nothing unknown and nothing malformed is ever ignored."""

from datetime import UTC, datetime

import pytest

from config.kit.lib.days import day_of
from payments.models import Bank
from tests.support.factories import BankFactory, BinNumberFactory, CardFactory


def names(response):
    return [row["name"] for row in response.json()["results"]]


def test_pages_are_ten_rows_and_their_links_absolute(api, channel):
    for _ in range(12):
        BankFactory(channel=channel)
    first = api.get("/api/v1/banks/").json()
    assert first["count"] == 12
    assert len(first["results"]) == 10
    assert first["previous"] is None
    assert first["next"] == "http://testserver/api/v1/banks/?page=2"
    second = api.get(first["next"]).json()
    assert len(second["results"]) == 2
    assert second["previous"].startswith("http://testserver/api/v1/banks/")


def test_limit_sets_the_page_size_up_to_a_thousand(api, channel):
    for _ in range(3):
        BankFactory(channel=channel)
    assert len(api.get("/api/v1/banks/?limit=2").json()["results"]) == 2
    assert len(api.get("/api/v1/banks/?limit=5000").json()["results"]) == 3


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=x", "limit=0", "limit=-5", "limit=ten", "page=", "limit=١"]
)
def test_it_refuses_a_malformed_page(query, api):
    response = api.get(f"/api/v1/banks/?{query}")
    assert response.status_code == 400
    assert list(response.json()) == [query.split("=")[0]]


def test_a_page_behind_the_last_is_not_there(api):
    assert api.get("/api/v1/banks/?page=9").status_code == 404
    assert api.get(f"/api/v1/banks/?page={'9' * 5000}").status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("colour=red", "colour"),
        ("channel=abc", "channel"),
        ("channel=999999", "channel"),
        ("id=1.5", "id"),
        ("id=1%00", "id"),
        ("pk__gte=x", "pk__gte"),
        ("id__in=1,x", "id__in"),
        ("modified_date=yesterday", "modified_date"),
        ("modified_date__gt=0001-01-01T00:00:00%2B18:30", "modified_date__gt"),
        ("modified_date__gte=2026-13-01", "modified_date__gte"),
        ("sort=colour", "sort"),
        ("sort=channel__slug", "sort"),
        ("ordering=-", "ordering"),
        ("channel=", "channel"),
        ("name__regex=.*", "name__regex"),
    ],
)
def test_it_names_what_it_does_not_understand(query, field, api, channel):
    BankFactory(channel=channel)
    response = api.get(f"/api/v1/banks/?{query}")
    assert response.status_code == 400
    assert list(response.json()) == [field]


@pytest.mark.parametrize("value", ["yes", "2", "null", "TRUEE"])
def test_a_flag_is_true_or_false(value, api):
    response = api.get(f"/api/v1/bin_numbers/?is_active={value}")
    assert response.status_code == 400
    assert list(response.json()) == ["is_active"]


def test_exact_is_a_lookup_as_the_schema_prints_it(api, channel):
    banks = [BankFactory(channel=channel, name=name) for name in "ab"]
    assert names(api.get(f"/api/v1/banks/?id__exact={banks[1].pk}")) == ["b"]
    assert names(api.get(f"/api/v1/banks/?pk__exact={banks[0].pk}")) == ["a"]
    wrong = api.get("/api/v1/banks/?id__exact=x")
    assert (wrong.status_code, list(wrong.json())) == (400, ["id__exact"])


@pytest.mark.parametrize(
    "query",
    [
        "id=1&id=2",
        "id=1&id__exact=2",
        "page=1&page=2",
        "limit=1&limit=2",
        "sort=name&sort=slug",
        "pk__in=1&pk__in=2",
    ],
)
def test_a_repeated_parameter_is_refused(query, api, channel):
    response = api.get(f"/api/v1/banks/?{query}")
    assert response.status_code == 400
    assert query.split("=")[0] in response.json()


def test_nothing_is_changed_before_it_was_created(channel):
    for _ in range(20):
        bank = BankFactory(channel=channel)
        assert bank.modified_date >= bank.created_date


def test_it_does_not_sort_by_secrets(api):
    assert api.get("/api/v1/pos/?sort=secret_config").status_code == 400


def test_it_filters_by_id_and_pk_and_lists_of_them(api, channel):
    banks = [BankFactory(channel=channel, name=name) for name in "abc"]
    first, second, third = (bank.pk for bank in banks)
    assert names(api.get(f"/api/v1/banks/?id={first}")) == ["a"]
    assert names(api.get(f"/api/v1/banks/?pk={second}")) == ["b"]
    assert names(api.get(f"/api/v1/banks/?pk__in={first},{third}")) == ["a", "c"]
    assert names(api.get(f"/api/v1/banks/?id__gt={first}&id__lte={third}")) == ["b", "c"]
    assert names(api.get(f"/api/v1/banks/?channel__in={channel.pk}&sort=-name")) == ["c", "b", "a"]


def test_it_filters_by_day_and_moment(api, channel):
    bank = BankFactory(channel=channel, name="a")
    day, moment = day_of(bank.modified_date), bank.modified_date.isoformat().replace("+", "%2B")
    assert names(api.get(f"/api/v1/banks/?modified_date={day}")) == ["a"]
    assert names(api.get(f"/api/v1/banks/?modified_date__date={day}")) == ["a"]
    assert names(api.get(f"/api/v1/banks/?modified_date__gt={moment}")) == []
    assert names(api.get(f"/api/v1/banks/?modified_date__gte={moment}")) == ["a"]
    assert names(api.get("/api/v1/banks/?modified_date__date=2000-01-01")) == []


@pytest.mark.parametrize("name", ["modified_date", "modified_date__date", "modified_date__exact"])
def test_a_day_ends_at_midnight_of_the_channels(api, channel, name):
    """In Istanbul it is the next day already, in Greenwich it is not."""
    bank = BankFactory(channel=channel, name="a")
    Bank.objects.filter(pk=bank.pk).update(modified_date=datetime(2026, 11, 21, 21, 30, tzinfo=UTC))
    assert names(api.get(f"/api/v1/banks/?{name}=2026-11-22")) == ["a"]
    assert names(api.get(f"/api/v1/banks/?{name}=2026-11-21")) == []
    assert names(api.get(f"/api/v1/banks/?{name}=9999-12-31")) == []


def test_offsets_that_postgresql_does_not_know_are_moments_all_the_same(api, channel):
    BankFactory(channel=channel, name="a")
    assert names(api.get("/api/v1/banks/?modified_date__gt=2020-01-01T00:00:00%2B18:30")) == ["a"]


def test_ties_are_sorted_by_key(api, channel):
    keys = [BankFactory(channel=channel, name="same").pk for _ in range(25)]
    pages = [api.get(f"/api/v1/banks/?sort=name&page={page}").json()["results"] for page in (1, 2, 3)]
    assert [row["pk"] for rows in pages for row in rows] == keys


@pytest.mark.parametrize(
    ("resource", "factory"),
    [("bin_numbers", BinNumberFactory), ("cards", CardFactory), ("banks", BankFactory)],
)
def test_a_list_costs_the_same_statements_whatever_the_rows(
    resource, factory, api, db, django_assert_num_queries
):
    factory()
    with django_assert_num_queries(2):
        api.get(f"/api/v1/{resource}/?limit=100")
    for _ in range(20):
        factory()
    with django_assert_num_queries(2):
        assert len(api.get(f"/api/v1/{resource}/?limit=100").json()["results"]) == 21


def test_the_root_names_the_paths_of_the_contract(api, db):
    resources = api.get("/api/v1/").json()
    assert resources["pos"] == "http://testserver/api/v1/pos/"
    assert all(api.get(url).status_code == 200 for url in resources.values())
