"""Every change of everything on one page: by person, kind, object and day; of deleted objects, too."""

import re
from datetime import timedelta

import pytest

from config.kit.audit.models import Entry
from config.kit.lib.days import today
from payments import services
from payments.models import Bank
from tests.support.factories import BankFactory, CardFactory, PosFactory
from tests.support.many import copy_rows
from tests.support.pages import found, list_url, page_url, save


@pytest.fixture
def bank(channel) -> Bank:
    return BankFactory(channel=channel, name="Old name")


def of_bank(pages, bank_id, **query) -> list[str]:
    rows = found(pages, Entry, q=f"payments.bank {bank_id}", **query)
    return [row.action for row in rows]


def test_a_deleted_object_is_found_with_all_that_was_done_to_it(admin_pages, browser, olivia, bank):
    save(browser(olivia), page_url(bank), name="New name")
    key = bank.pk
    bank.refresh_from_db()
    services.banks.delete(bank)
    assert of_bank(admin_pages, key, changes="all") == ["deleted", "changed", "created"]
    assert of_bank(admin_pages, key, changes="deleted") == ["deleted"]
    assert of_bank(admin_pages, key, person="olivia") == ["changed"]
    assert of_bank(admin_pages, key, person="-") == ["deleted", "created"]
    assert of_bank(admin_pages, key, type="payments.bank", period="today") == [
        "deleted",
        "changed",
        "created",
    ]
    assert of_bank(admin_pages, key, type="payments.pos") == []
    assert of_bank(admin_pages, key, period="yesterday") == []
    tomorrow = (today() + timedelta(days=1)).isoformat()
    assert of_bank(admin_pages, key, at_from=tomorrow) == []
    page = admin_pages.get(list_url(Entry), {"q": f"payments.bank {key}"}).content.decode()
    assert "Name: Old name → New name" in page
    history = f"/admin/payments/bank/{key}/history/"
    assert history in page
    shown = admin_pages.get(history).content.decode()
    assert "Deleted" in shown
    assert f"q=payments.bank+{key}" in shown


def test_what_a_change_points_at_is_named_as_long_as_it_is_there(admin_pages, channel):
    first, second = (PosFactory(channel=channel, name=name) for name in ("First POS", "Second POS"))
    card = CardFactory(channel=channel, cash_payment=first)
    services.cards.update(card, cash_payment=second)
    page = admin_pages.get(list_url(Entry), {"q": f"payments.card {card.pk}"}).content.decode()
    assert "First POS → Second POS" in page


def test_values_are_text_and_no_html(admin_pages, bank):
    services.banks.update(bank, name="<script>alert(1)</script>")
    page = admin_pages.get(list_url(Entry), {"changes": "all"}).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    "query", ["person=%00", "type=x.y", "changes=1", "period=never", "at_from=x", "q=%00"]
)
def test_strange_queries_are_no_errors(admin_pages, bank, query):
    assert admin_pages.get(f"{list_url(Entry)}?{query}", follow=True).status_code == 200


def test_only_who_may_read_the_log_sees_it(operator_pages, auditor_pages):
    assert operator_pages.get(list_url(Entry)).status_code == 403
    assert auditor_pages.get(list_url(Entry)).status_code == 200


@pytest.fixture
def operator_pages(olivia, browser):
    return browser(olivia)


@pytest.fixture
def auditor_pages(aydin, browser):
    return browser(aydin)


def test_no_filter_reads_the_whole_log(admin_pages, bank):
    copy_rows(
        Entry.objects.filter(object_type="payments.bank").latest("pk"),
        40_000,
        at="now() - n * interval '1 hour'",
        actor="'person-' || n % 200",
        actor_kind="'person'",
        object_type="CASE WHEN n % 50 = 0 THEN 'payments.pos' ELSE 'payments.card' END",
        object_id="(n % 5000)::text",
        day="NULL",
        number="NULL",
    )
    queries = [
        {"person": "person-7"},
        {"type": "payments.pos"},
        {"type": "payments.pos", "period": "month"},
        {"period": "today"},
        {"q": "payments.card 77"},
        {"changes": "deleted"},
    ]
    for query in queries:
        rows = admin_pages.get(list_url(Entry), query).context["cl"].queryset[:50]
        plan = rows.explain()
        assert not re.search("Seq Scan on audit_entry|Sort .*rows=[0-9]{5}", plan), (query, plan)
