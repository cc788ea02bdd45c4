"""Paywall's path against its own OpenAPI: generated requests find no 500 and no answer off the schema."""

import pytest

from tests.support.openapi import checks_but, examples, one_connection, schema_of, send
from vault.services.access import Actor
from vault.services.cards import NewCard, Relation, save_card

__all__ = ["one_connection"]

CARD = NewCard("test", "Test Kartı", "41197901", "6389", "17654932298", 11, 2040)


@pytest.fixture
def known(shop) -> dict[str, str | None]:
    """What names a stored card, so that generated requests can meet one."""
    card = save_card(Actor(merchant=shop.merchant), Relation("003"), CARD)
    names = {"RelationalId1": "003", "RelationalId2": None, "RelationalId3": None}
    return {**names, "UniqueCode": card.sealed["unique_code"]}


@pytest.mark.usefixtures("one_connection")
@schema_of("paywall").parametrize()
@examples(25)
def test_it_keeps_to_its_schema(case, shop, known):
    if isinstance(case.body, dict) and "UniqueCode" in case.body and len(str(case.body)) % 2:
        case.body |= known
    send(case, headers=shop.headers, checks=checks_but())
