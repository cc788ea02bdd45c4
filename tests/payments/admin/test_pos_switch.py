"""A POS is switched off: it takes no new payments, its fallback does, and all that it has taken goes on."""

import pytest

from payments import services
from payments.models import POS
from tests.support.factories import BinNumberFactory, CardFactory, PosFactory
from tests.support.pages import found, page_url


@pytest.fixture
def pos(card) -> POS:
    return card.cash_payment


def switch(pages, pos, to):
    return pages.post(page_url(pos, "switch"), {"to": to}, follow=True)


def test_the_page_tells_what_stops_working(operator_pages, channel, card, pos):
    rescued = CardFactory(channel=channel, name="Rescued", cash_payment=pos)
    services.cards.update(rescued, fallback_payment=PosFactory(channel=channel))
    page = operator_pages.get(page_url(pos, "switch")).content.decode()
    assert f"Switch {pos.name} off" in page
    assert "1 card has no other POS" in page
    assert f"cannot be charged: {card.name}" in page
    assert "Rescued" not in page


def test_a_fallback_that_is_off_itself_rescues_nothing(operator_pages, channel, card, pos):
    other = PosFactory(channel=channel)
    services.cards.update(card, fallback_payment=other)
    assert "has no other POS" not in operator_pages.get(page_url(pos, "switch")).content.decode()
    services.pos.update(other, is_active=False)
    assert "has no other POS" in operator_pages.get(page_url(pos, "switch")).content.decode()


def test_it_is_switched_off_and_on_in_one_click_each(operator_pages, card, pos):
    assert "is switched off" in switch(operator_pages, pos, "off").content.decode()
    assert found(operator_pages, POS, switched="off") == [pos]
    assert (
        "It is switched off"
        in operator_pages.post(
            "/admin/payments/which-pos/",
            {"channel": card.channel_id, "bin": with_bin(card), "currency": "TRY"},
        ).content.decode()
    )
    assert "takes new payments again" in operator_pages.get(page_url(pos, "switch")).content.decode()
    assert "is switched on" in switch(operator_pages, pos, "on").content.decode()
    assert found(operator_pages, POS, switched="off") == []


def with_bin(card) -> str:
    return BinNumberFactory(card=card).bin_number


def test_two_people_who_switch_it_off_do_not_switch_it_on(operator_pages, pos):
    for _person in range(2):
        switch(operator_pages, pos, "off")
    pos.refresh_from_db()
    assert not pos.is_active


@pytest.mark.parametrize("to", ["", "maybe", "\x00"])
def test_nothing_else_is_understood(operator_pages, pos, to):
    switch(operator_pages, pos, to)
    pos.refresh_from_db()
    assert pos.is_active


def test_who_may_not_change_it_may_not_switch_it(auditor_pages, pos):
    assert auditor_pages.get(page_url(pos, "switch")).status_code == 403
    assert switch(auditor_pages, pos, "off").status_code == 403
    pos.refresh_from_db()
    assert pos.is_active


def test_the_api_neither_shows_nor_takes_it(api, pos):
    services.pos.update(pos, is_active=False)
    answer = api.get(f"/api/v1/pos/{pos.pk}/")
    assert "is_active" not in answer.json()
    api.patch(f"/api/v1/pos/{pos.pk}/", {"is_active": True}, format="json")
    pos.refresh_from_db()
    assert not pos.is_active
