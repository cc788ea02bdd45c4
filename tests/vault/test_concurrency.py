"""Many at a time, on real connections."""

import threading
from datetime import date

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from tests.vault.conftest import make_shop
from vault.models import StoredCard
from vault.services.retention import remove_old_cards

MANY = 6


@pytest.fixture
def shop(transactional_db):
    return make_shop("Busy")


def at_once(call, count=MANY):
    barrier, answers = threading.Barrier(count), []

    def run():
        try:
            barrier.wait(10)
            answers.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_identical_saves_at_the_same_time_make_one_card(shop):
    answers = at_once(shop.save)
    assert [answer.status_code for answer in answers] == [200] * MANY
    assert len({answer.json()["Body"]["UniqueCode"] for answer in answers}) == 1
    assert StoredCard.objects.count() == 1


def test_two_cards_that_get_the_same_expiry_at_the_same_time_stay_two(shop):
    codes = [shop.save(Month=month).json()["Body"]["UniqueCode"] for month in (1, 2, 3, 4)]
    todo = list(codes)
    answers = at_once(lambda: shop.put(todo.pop(), month=9, year=2042), count=4)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert StoredCard.objects.filter(year=2042).count() == 1


def test_a_card_is_deleted_once(shop):
    code = shop.save().json()["Body"]["UniqueCode"]
    answers = at_once(lambda: shop.delete(code))
    assert sorted(answer.status_code for answer in answers) == [200, *[404] * (MANY - 1)]


def test_the_database_refuses_a_second_row_of_the_same_card(shop):
    """The lock keeps the answers friendly; this keeps the rule."""
    shop.save()
    card = StoredCard.objects.get()
    card.pk, card.sealed = None, {**card.sealed, "unique_code": "other"}
    with pytest.raises(IntegrityError, match="vault_card_once"), transaction.atomic():
        card.save(force_insert=True)


def test_keys_are_rotated_while_cards_are_saved_and_old_ones_removed(transactional_db, settings):
    """Under the new key alone every card is there, once, and opens."""
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [old]
    shop = make_shop("Rotated")
    for year in range(2030, 2040):
        shop.save(Year=year)
    settings.ENCRYPTION_KEYS = [new, old]
    todo = list(range(2031, 2061))

    def work():
        answers = [shop.save(Year=todo.pop()).status_code for _ in range(5)]
        remove_old_cards(date(2031, 9, 1))
        call_command("rotate_vault_keys")
        return answers

    assert at_once(work) == [[200] * 5] * MANY
    call_command("rotate_vault_keys")
    settings.ENCRYPTION_KEYS = [new]
    cards = StoredCard.objects.order_by("year")
    assert [card.year for card in cards] == list(range(2031, 2061))
    assert {card.sealed["identity"] for card in cards} == {"17654932298"}
    assert len(shop.list().json()["Body"]) == 30
