"""One merchant never sees, changes or infers another's cards, by any verb."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.vault.conftest import SAMPLE
from vault.models import AccessLog, StoredCard

UNKNOWN = "A" * 54 + "=="


@pytest.fixture
def code(shop):
    return shop.save().json()["Body"]["UniqueCode"]


def test_a_list_holds_the_callers_cards_only(shop, rival, code):
    assert rival.list().json()["Body"] == []
    own = rival.save().json()["Body"]["UniqueCode"]
    assert [card["UniqueCode"] for card in rival.list().json()["Body"]] == [own]
    assert [card["UniqueCode"] for card in shop.list().json()["Body"]] == [code]


def test_the_same_card_of_two_merchants_is_two_cards(shop, rival, code):
    assert rival.save().json()["Body"]["UniqueCode"] != code
    first, second = StoredCard.objects.order_by("pk")
    assert first.identity_hash != second.identity_hash


@pytest.mark.parametrize("verb", ["put", "delete"])
def test_not_yours_is_answered_like_not_there(rival, code, verb):
    before = StoredCard.objects.values().get()
    theirs, nobodys = getattr(rival, verb)(code), getattr(rival, verb)(UNKNOWN)
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
    assert set(theirs.headers) == set(nobodys.headers)
    assert StoredCard.objects.values().get() == before


@pytest.mark.parametrize("verb", ["put", "delete"])
def test_not_yours_takes_the_same_steps_as_not_there(rival, code, verb):
    """The time is that of the statements: they are the same ones."""
    rival.list()  # the key is marked as used
    steps = []
    for given in (code, UNKNOWN):
        with CaptureQueriesContext(connection) as captured:
            getattr(rival, verb)(given)
        steps.append([re.sub(r"'[^']*'|_x[0-9]+", "?", query["sql"]) for query in captured])
    assert steps[0] == steps[1]


@pytest.mark.parametrize("verb", ["put", "delete"])
def test_other_relational_ids_do_not_find_the_card(shop, code, verb):
    body = {"RelationalId1": "004", "UniqueCode": code, "Month": 1, "Year": 2041}
    answer = getattr(shop.api, verb)("/paywall/card/insurance", body, format="json")
    assert answer.json()["ErrorCode"] == 22


def test_a_failed_attempt_is_in_the_log_of_who_tried(shop, rival, code):
    rival.delete(code)
    line = AccessLog.objects.latest("pk")
    assert (line.merchant, line.action, line.error_code, line.card_ids) == (rival.merchant, "delete", 22, [])


def test_every_access_is_in_the_log(shop, code):
    card = StoredCard.objects.get()
    shop.list()
    shop.put(code)
    shop.delete(code)
    lines = AccessLog.objects.order_by("pk").values_list("action", "card_ids", "error_code", "address")
    actions = ["save", "list", "update", "delete"]
    assert list(lines) == [(action, [card.pk], 0, "127.0.0.1") for action in actions]
    assert set(AccessLog.objects.values_list("key__prefix", flat=True)) == {shop.private[:8]}
    assert all(AccessLog.objects.values_list("request_id", flat=True))


def test_saving_needs_all_of_the_sample(shop):
    assert shop.api.post("/paywall/card/insurance", SAMPLE, format="json").status_code == 200
