"""History pages: who, when, what; secrets left out; bounded."""

import pghistory
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments import services
from tests.support.factories import NESTPAY, BankFactory, PosFactory
from tests.support.pages import page_url, save


def text_of(client, instance, **query) -> str:
    response = client.get(page_url(instance, "history"), query)
    assert response.status_code == 200
    return response.content.decode()


def test_it_tells_who_changed_what(admin_pages, channel):
    bank = BankFactory(channel=channel, name="Old name")
    save(admin_pages, page_url(bank), name="New name")
    entries = admin_pages.get(page_url(bank, "history")).context["history"].entries
    assert [(entry.kind, entry.who) for entry in entries] == [("update", "ada"), ("insert", "the system")]
    assert [(change.label, change.before, change.after) for change in entries[0].changes] == [
        ("Name", "Old name", "New name")
    ]


def test_it_names_commands_and_related_objects(admin_pages, card):
    other = PosFactory(channel=card.channel, name="Other POS")
    with pghistory.context(command="import_banks"):
        services.cards.update(card, cash_payment=other)
    entry = admin_pages.get(page_url(card, "history")).context["history"].entries[0]
    assert entry.who == "command import_banks"
    assert entry.changes[0].after == "Other POS"


def test_secrets_are_left_out(admin_pages, channel):
    config = {"username": "u", "store_key": "geheim-1", "password": "geheim-2", "client_id": "c"}
    pos = PosFactory(channel=channel, gateway=NESTPAY, config=config)
    services.pos.update(pos, config=config | {"password": "geheim-3", "username": "v"})
    page = text_of(admin_pages, pos)
    assert "geheim" not in page
    changes = admin_pages.get(page_url(pos, "history")).context["history"].entries[0].changes
    assert [(change.label, change.after) for change in changes] == [
        ("Config › username", "v"),
        ("Secrets", "changed"),
    ]


def test_a_deleted_object_still_has_its_history(admin_pages, channel):
    bank = BankFactory(channel=channel)
    url = page_url(bank, "history")
    services.banks.delete(bank)
    entries = admin_pages.get(url).context["history"].entries
    assert entries[0].kind == "delete"


@pytest.mark.parametrize("key", ["999999", "x", "9" * 30, "_00"])
def test_what_never_was_is_not_found(admin_pages, key):
    assert admin_pages.get(f"/admin/payments/bank/{key}/history/").status_code == 404


def test_it_is_paged_and_costs_the_same_whatever_the_changes(admin_pages, card):
    def change(times):
        for number in range(times):
            services.cards.update(card, name=f"Name {number} of {times}")

    change(2)
    text_of(admin_pages, card)
    with CaptureQueriesContext(connection) as few:
        text_of(admin_pages, card)
    change(40)
    with CaptureQueriesContext(connection) as many:
        text_of(admin_pages, card)
    assert len(many) == len(few) <= 14
    assert len(admin_pages.get(page_url(card, "history")).context["history"].entries) == 25
    last = admin_pages.get(page_url(card, "history"), {"p": "2"}).context["history"].entries[-1]
    assert last.kind == "insert"
