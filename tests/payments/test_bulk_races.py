"""Two people work in bulk at the same time, on live connections: one of them is shown what the other one did."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from config.kit.lib.errors import PreviewOutdatedError
from config.kit.lib.seen import seen_of
from payments import services
from payments.errors import CardsChangedError
from payments.models import BinNumber, Card, CardMove
from payments.services import bin_switch, card_moves
from tests.support.factories import BinNumberFactory, CardFactory, PosFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pos(channel):
    return [PosFactory(channel=channel) for _number in range(3)]


@pytest.fixture
def cards(channel, pos):
    return CardFactory.create_batch(3, channel=channel, cash_payment=pos[0])


def at_once(*calls: Callable[[], Any]) -> list[type[BaseException] | None]:
    """What each of them raises."""
    ready = Barrier(len(calls))

    def work(call: Callable[[], Any]) -> type[BaseException] | None:
        try:
            connection.ensure_connection()
            ready.wait(20)
            call()
        except Exception as error:  # the test looks at it
            return type(error)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(work, calls))


def of_pos(pos) -> int:
    return Card.objects.filter(cash_payment=pos, installment_payment=pos, three_d_payment=pos).count()


def test_of_two_moves_of_the_same_cards_one_is_made_whole(cards, pos):
    first, *targets = pos
    seen = [card_moves.plan_move(first, target).seen for target in targets]
    outcomes = at_once(
        *(
            lambda target=target, known=known: card_moves.move_cards(first, target, seen=known, user_id=None)
            for target, known in zip(targets, seen, strict=True)
        )
    )
    assert sorted(map(str, outcomes)) == sorted(map(str, [None, PreviewOutdatedError]))
    assert sorted(map(of_pos, targets)) == [0, 3]
    assert CardMove.objects.count() == 1


def test_of_two_who_take_a_move_back_one_does(cards, pos):
    seen = card_moves.plan_move(pos[0], pos[1]).seen
    move = card_moves.move_cards(pos[0], pos[1], seen=seen, user_id=None)
    outcomes = at_once(*[lambda: card_moves.undo(CardMove.objects.get(pk=move.pk), user_id=None)] * 2)
    assert sorted(map(str, outcomes)) == sorted(map(str, [None, CardsChangedError]))
    assert of_pos(pos[0]) == 3


def test_a_card_that_is_saved_while_a_move_waits_for_it_is_not_overwritten(cards, pos):
    first, second, third = pos
    seen = card_moves.plan_move(first, second).seen
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            services.cards.update(cards[0], three_d_payment=third)
            waiting = pool.submit(
                at_once, lambda: card_moves.move_cards(first, second, seen=seen, user_id=None)
            )
        assert waiting.result(30) == [PreviewOutdatedError]
    assert of_pos(first) == 2
    assert Card.objects.get(pk=cards[0].pk).three_d_payment == third


def test_a_pos_that_is_switched_off_while_cards_move_there_gets_none(cards, pos):
    first, second, _third = pos
    seen = card_moves.plan_move(first, second).seen
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            services.pos.update(second, is_active=False)
            waiting = pool.submit(
                at_once, lambda: card_moves.move_cards(first, second, seen=seen, user_id=None)
            )
        assert waiting.result(30) == [PreviewOutdatedError]
    assert of_pos(first) == 3


def test_bins_are_switched_by_one_of_two(cards):
    rows = BinNumberFactory.create_batch(5, card=cards[0], is_active=False)
    seen = seen_of(True, [row.pk for row in rows])
    outcomes = at_once(*[lambda: bin_switch.switch_bins(rows, to=True, seen=seen)] * 2)
    assert sorted(map(str, outcomes)) == sorted(map(str, [None, PreviewOutdatedError]))
    assert BinNumber.objects.filter(is_active=True).count() == 5
