"""The first page tells what is configured and what needs attention."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments import services
from tests.support import factories


def alerts_of(client) -> dict[str, int]:
    return {alert.text: alert.count for alert in client.get("/admin/").context["alerts"]}


def test_it_says_what_needs_attention(admin_pages, card):
    services.cards.update(card, three_d_payment=None)
    config = {"username": "u", "store_key": "123456", "password": "p", "client_id": "c", "mode": "TEST"}
    pos = factories.PosFactory(channel=card.channel, gateway=factories.NESTPAY, config=config)
    services.pos.clone(pos, channel=card.channel, slug="copy", name="Copy")
    factories.BankAccountFactory(bank=card.bank, iban="TR000000000000000000000000")
    texts = " ".join(f"{count} {text}" for text, count in alerts_of(admin_pages).items())
    assert "1 Channels without a default card" in texts
    assert "1 Cards without a POS for 3-D" in texts
    assert "2 POS in test mode" in texts
    assert "1 POS with incomplete settings" in texts
    assert "1 Bank accounts with wrong IBAN" in texts


def test_every_warning_leads_to_a_page(admin_pages, card):
    services.cards.update(card, three_d_payment=None)
    for alert in admin_pages.get("/admin/").context["alerts"]:
        if alert.is_absence:  # no list of workers
            continue
        assert admin_pages.get(alert.url).status_code == 200


def test_it_costs_the_same_whatever_is_configured(admin_pages, card):
    admin_pages.get("/admin/")
    with CaptureQueriesContext(connection) as few:
        admin_pages.get("/admin/")
    factories.BinNumberFactory.create_batch(10, card=card)
    factories.PosFactory.create_batch(10)
    with CaptureQueriesContext(connection) as many:
        admin_pages.get("/admin/")
    assert len(many) == len(few) <= 10


def test_large_tables_are_estimated(admin_pages, card, monkeypatch):
    monkeypatch.setattr("config.kit.admin.dashboard.COUNTED_ROWS", 3)
    factories.BinNumberFactory.create_batch(5, card=card)
    tile = next(tile for tile in admin_pages.get("/admin/").context["tiles"] if tile.title == "BINs")
    assert tile.is_estimate


@pytest.mark.parametrize("language", ["en", "tr"])
def test_it_speaks_the_browsers_language(admin_pages, card, language):
    page = admin_pages.get("/admin/", headers={"accept-language": language}).content.decode()
    assert ("Kart Ayarları" in page) == (language == "tr")
    assert ("Card Settings" in page) == (language == "en")
