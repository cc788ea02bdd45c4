"""BINs are activated together: counted, shown, and written at once."""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.kit.audit.models import Entry
from config.kit.lib.seen import seen_of
from payments.models import BinNumber
from payments.services import bin_switch
from tests.support.factories import BinNumberFactory
from tests.support.many import copy_rows
from tests.support.pages import list_url


@pytest.fixture
def bins(card):
    return [BinNumberFactory(card=card, bin_number=f"41111{n}", is_active=n == 0) for n in range(4)]


def choose(pages, rows, action="switch_on", across=False, **query):
    data = {"action": action, ACTION_CHECKBOX_NAME: [row.pk for row in rows], "index": "0"}
    data["select_across"] = "1" if across else "0"
    address = f"{list_url(BinNumber)}?{'&'.join(f'{k}={v}' for k, v in query.items())}"
    return pages.post(address, data)


def confirm(pages, page, **changes):
    fields = page.content.decode().split('<form method="post" class="mt-6"')[1]
    data: dict[str, list[str]] = {}
    for part in fields.split('<input type="hidden" name="')[1:]:
        name, _middle, value = part.split('"')[:3]
        data.setdefault(name, []).append(value)
    return pages.post(page.wsgi_request.get_full_path(), {**data, **changes}, follow=True)


def active() -> set[str]:
    return set(BinNumber.objects.filter(is_active=True).values_list("bin_number", flat=True))


def test_the_page_counts_and_shows_and_changes_nothing(operator_pages, bins):
    page = choose(operator_pages, bins[:3])
    text = page.content.decode()
    assert "2 BINs change" in text
    assert "411111" in text
    assert bins[0].card.bank.name in text
    assert [value for _label, value in page.context["facts"]] == ["3", "2"]
    assert active() == {"411110"}


def test_they_are_activated_and_deactivated_together(operator_pages, bins):
    assert "Activated: 3" in confirm(operator_pages, choose(operator_pages, bins)).content.decode()
    assert len(active()) == 4
    confirm(operator_pages, choose(operator_pages, bins[:2], "switch_off"))
    assert active() == {"411112", "411113"}


def test_all_that_a_filter_finds_may_be_chosen(operator_pages, bins):
    other = BinNumberFactory(card=bins[0].card, bin_number="522222", is_active=False)
    page = choose(operator_pages, bins[:1], across=True, q="4111")
    confirm(operator_pages, page)
    assert active() == {"411110", "411111", "411112", "411113"}
    other.refresh_from_db()
    assert not other.is_active


def test_what_somebody_else_switched_meanwhile_is_shown_again(operator_pages, bins):
    page = choose(operator_pages, bins)
    BinNumber.objects.filter(pk=bins[1].pk).update(is_active=True)
    again = confirm(operator_pages, page)
    assert "Review it again" in again.content.decode()
    assert active() == {"411110", "411111"}
    confirm(operator_pages, again)
    assert len(active()) == 4


@pytest.mark.parametrize("seen", ["", "x", "0" * 64])
def test_nothing_is_switched_without_having_been_shown(operator_pages, bins, seen):
    confirm(operator_pages, choose(operator_pages, bins), seen=seen)
    assert active() == {"411110"}


def test_more_than_the_bound_are_refused(operator_pages, bins, monkeypatch):
    monkeypatch.setattr("payments.admin.bins.BinNumberAdmin.bulk_rows", {"switch_on": 2})
    page = operator_pages.get(list_url(BinNumber))
    assert page.status_code == 200
    page = choose(operator_pages, bins, across=True)
    assert page.status_code == 302
    assert active() == {"411110"}


def test_who_only_reads_is_offered_nothing(auditor_pages, bins):
    choose(auditor_pages, bins)
    assert active() == {"411110"}


def test_statements_do_not_grow_and_each_bin_tells_who(card, ada):
    row = BinNumberFactory(card=card, bin_number="400000", is_active=False)
    copy_rows(row, 500, bin_number="(500000 + n)::text")
    rows = list(BinNumber.objects.order_by("pk"))
    with CaptureQueriesContext(connection) as captured:
        bin_switch.switch_bins(rows, to=True, seen=seen_of(True, [row.pk for row in rows]))
    assert len(captured) <= 5
    assert Entry.objects.filter(object_type="payments.binnumber", action="changed").count() == 501
