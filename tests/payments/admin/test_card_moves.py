"""All cards of a POS move to another one: shown first, all or nothing, and back."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.attempts import breaker
from billing.models import CommissionPlan
from config.kit.audit.models import Entry
from config.kit.lib.days import today
from payments import services
from payments.models import POS, Card, CardMove
from payments.services import card_moves
from tests.support.factories import (
    GPAY,
    CardFactory,
    InstallmentFactory,
    MultiCurrencyCardFactory,
    PosFactory,
)
from tests.support.many import KEYS, copy_rows
from tests.support.pages import page_url

ROLES = ("cash_payment_id", "installment_payment_id", "three_d_payment_id", "fallback_payment_id")


@pytest.fixture
def first(channel) -> POS:
    return PosFactory(channel=channel, name="First POS", slug="first")


@pytest.fixture
def second(channel) -> POS:
    return PosFactory(channel=channel, name="Second POS", slug="second")


@pytest.fixture
def card(channel, first) -> Card:
    return CardFactory(channel=channel, name="Bonus", slug="bonus", cash_payment=first)


def preview(pages, source, target):
    return pages.get(page_url(source, "move_cards"), {"target": target.pk})


def move(pages, source, target, seen=None):
    if seen is None:
        seen = preview(pages, source, target).context["preview"].seen
    url = f"{page_url(source, 'move_cards')}?target={target.pk}"
    return pages.post(url, {"seen": seen}, follow=True)


def pos_of(card) -> list[int | None]:
    return list(Card.objects.values_list(*ROLES).get(pk=card.pk))


def test_every_role_that_names_the_pos_moves_and_no_other(operator_pages, channel, card, first, second):
    third = PosFactory(channel=channel)
    mixed = CardFactory(channel=channel, cash_payment=third, installment_payment=first, three_d_payment=third)
    dollars = MultiCurrencyCardFactory(card=card, cash_payment=first)
    page = move(operator_pages, first, second)
    assert "Cards were moved" in page.content.decode()
    assert pos_of(card) == [second.pk, second.pk, second.pk, None]
    assert pos_of(mixed) == [third.pk, second.pk, third.pk, None]
    dollars.refresh_from_db()
    assert {dollars.cash_payment_id, dollars.installment_payment_id} == {second.pk}


def test_the_preview_changes_nothing_and_names_the_cards(operator_pages, card, first, second):
    page = preview(operator_pages, first, second).content.decode()
    assert card.name in page
    assert card.bank.name in page
    assert "POS for 3-D Secure" in page
    assert pos_of(card)[0] == first.pk
    assert not CardMove.objects.exists()


def test_a_move_is_taken_back_exactly(operator_pages, channel, card, first, second):
    own = CardFactory(channel=channel, cash_payment=second)
    done = move(operator_pages, first, second).context["move"]
    back = operator_pages.post(f"/admin/payments/card-moves/{done.pk}/", follow=True)
    assert "back at First POS" in back.content.decode()
    assert pos_of(card)[:3] == [first.pk] * 3
    assert pos_of(own)[:3] == [second.pk] * 3, "it was never moved"
    again = operator_pages.post(f"/admin/payments/card-moves/{done.pk}/", follow=True)
    assert "already been moved back" in again.content.decode()


def test_what_was_changed_meanwhile_is_named_and_nothing_moves_back(
    operator_pages, channel, card, first, second
):
    other = CardFactory(channel=channel, name="World", cash_payment=first)
    done = move(operator_pages, first, second).context["move"]
    services.cards.update(other, three_d_payment=PosFactory(channel=channel))
    page = operator_pages.post(f"/admin/payments/card-moves/{done.pk}/")
    assert "World" in " ".join(page.context["errors"])
    assert pos_of(card)[0] == second.pk
    assert CardMove.objects.get().undone_at is None
    services.cards.delete(other)
    page = operator_pages.post(f"/admin/payments/card-moves/{done.pk}/")
    assert "deleted" in " ".join(page.context["errors"])


def test_the_pos_page_leads_back_for_as_long_as_there_is_a_way(operator_pages, card, first, second):
    assert "Move cards back" not in operator_pages.get(page_url(first)).content.decode()
    done = move(operator_pages, first, second).context["move"]
    assert "Move cards back" in operator_pages.get(page_url(first)).content.decode()
    page = operator_pages.get(page_url(first, "last_move"))
    assert page.url == f"/admin/payments/card-moves/{done.pk}/"


def test_a_stale_preview_moves_nothing_and_shows_the_new_one(operator_pages, channel, card, first, second):
    seen = preview(operator_pages, first, second).context["preview"].seen
    late = CardFactory(channel=channel, name="Came later", cash_payment=first)
    page = move(operator_pages, first, second, seen)
    assert "Review it again" in page.content.decode()
    assert late.name in page.content.decode()
    assert pos_of(card)[0] == first.pk
    assert page.context["preview"].seen != seen


@pytest.mark.parametrize("seen", ["", "x", "ğ" * 64, "0" * 64])
def test_a_made_up_confirmation_moves_nothing(operator_pages, card, first, second, seen):
    move(operator_pages, first, second, seen)
    assert pos_of(card)[0] == first.pk


def test_a_button_pressed_twice_moves_once(operator_pages, card, first, second):
    seen = preview(operator_pages, first, second).context["preview"].seen
    for _press in range(2):
        move(operator_pages, first, second, seen)
    assert CardMove.objects.count() == 1


def test_a_pos_of_another_channel_is_no_choice(operator_pages, card, first):
    foreign = PosFactory()
    page = operator_pages.get(page_url(first, "move_cards"))
    assert foreign.name not in page.content.decode()
    for target in (foreign.pk, first.pk, "x", "0"):
        url = f"{page_url(first, 'move_cards')}?target={target}"
        assert "target" in operator_pages.post(url, {"seen": ""}).context["form"].errors
    assert pos_of(card)[0] == first.pk


def test_what_the_other_pos_cannot_charge_stays(operator_pages, channel, card, first, second, settings):
    MultiCurrencyCardFactory(card=card, cash_payment=first, currency="USD")
    POS.objects.filter(pk=second.pk).update(gateway=GPAY)
    page = move(operator_pages, first, second)
    assert "No card can be moved" in page.content.decode()
    assert pos_of(card)[0] == first.pk
    assert not page.context["preview"].is_possible


def test_nothing_moves_to_a_pos_that_cannot_be_called(operator_pages, card, first, second, settings):
    settings.GATEWAY_BREAKER_FAILURES = 1
    breaker.count_failure(second.pk)
    assert "Its bank does not answer" in preview(operator_pages, first, second).content.decode()
    move(operator_pages, first, second)
    assert pos_of(card)[0] == first.pk


def test_the_fallback_changes_places_with_the_pos(operator_pages, card, first, second):
    services.cards.update(card, fallback_payment=second)
    done = move(operator_pages, first, second).context["move"]
    assert pos_of(card) == [second.pk] * 3 + [first.pk]
    operator_pages.post(f"/admin/payments/card-moves/{done.pk}/")
    assert pos_of(card) == [first.pk] * 3 + [second.pk]


def test_cards_do_not_go_back_to_a_pos_that_is_switched_off(operator_pages, card, first, second):
    done = move(operator_pages, first, second).context["move"]
    services.pos.update(first, is_active=False)
    page = operator_pages.post(f"/admin/payments/card-moves/{done.pk}/")
    assert "switched off" in " ".join(page.context["errors"])
    assert pos_of(card)[0] == second.pk


def test_what_the_bank_takes_more_is_shown(admin_pages, operator_pages, card, first, second):
    InstallmentFactory(card=card, installment_count=3, interest_rate="1")
    for pos, rate in ((first, "1.5"), (second, "1.85")):
        CommissionPlan.objects.create(
            pos=pos, valid_from=today(), rate=Decimal(rate), fixed_amount=Decimal(0)
        )
    page = preview(admin_pages, first, second)
    costs = page.context["preview"].tables[0]
    assert [row[:4] for row in costs.rows] == [(1, "1.5%", "1.85%", 1), (3, "1.5%", "1.85%", 1)]
    CommissionPlan.objects.filter(pos=second).update(rate=Decimal(2))
    move(admin_pages, first, second, page.context["preview"].seen)
    assert pos_of(card)[0] == first.pk, "the cost is a part of what was confirmed"


def test_people_without_the_right_to_change_cards_cannot_move_them(
    auditor_pages, browser, finn, card, first, second
):
    done = CardMove.objects.create(source=first, target=second, count=0)
    for pages in (auditor_pages, browser(finn)):
        assert preview(pages, first, second).status_code == 403
        assert (
            pages.post(f"{page_url(first, 'move_cards')}?target={second.pk}", {"seen": ""}).status_code == 403
        )
        assert pages.post(f"/admin/payments/card-moves/{done.pk}/").status_code == 403


def test_each_card_tells_who_moved_it(operator_pages, olivia, card, first, second):
    move(operator_pages, first, second)
    entry = Entry.objects.filter(object_type="payments.card", object_id=str(card.pk)).latest("pk")
    assert (entry.actor, entry.object_name) == ("olivia", "Bonus")
    assert entry.before["cash_payment_id"] == first.pk
    assert entry.after["cash_payment_id"] == second.pk
    history = operator_pages.get(page_url(card, "history")).content.decode()
    assert "olivia" in history
    assert "Second POS" in history


def test_the_statements_do_not_grow_with_the_cards(olivia, card, first, second):
    def statements() -> int:
        seen = card_moves.plan_move(first, second).seen
        with CaptureQueriesContext(connection) as captured:
            done = card_moves.move_cards(first, second, seen=seen, user_id=olivia.pk)
        moved = len(captured)
        with CaptureQueriesContext(connection) as captured:
            card_moves.undo(done, user_id=olivia.pk)
        return moved + len(captured)

    few = statements()
    copy_rows(card.bank, 395, slug="'copy-' || n")
    copy_rows(card, 395, slug="'copy-' || n", bank_id=f"{KEYS} + n")
    assert Card.objects.filter(cash_payment=first).count() == 396
    assert statements() == few
