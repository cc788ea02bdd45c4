"""Paywall's path against its own OpenAPI: generated requests find no 500 and no answer off the schema."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings

from tests.payments.api.test_schemathesis import CHECKS, _one_connection, schema
from vault.services.access import Actor
from vault.services.cards import NewCard, Relation, save_card

__all__ = ["_one_connection"]

CARD = NewCard("test", "Test Kartı", "41197901", "6389", "17654932298", 11, 2040)


@pytest.fixture
def known(shop) -> dict[str, str | None]:
    """What names a stored card, so that generated requests can meet one."""
    card = save_card(Actor(merchant=shop.merchant), Relation("003"), CARD)
    names = {"RelationalId1": "003", "RelationalId2": None, "RelationalId3": None}
    return {**names, "UniqueCode": card.sealed["unique_code"]}


@schema.include(path_regex="^/paywall/").parametrize()
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_it_keeps_to_its_schema(case, shop, known):
    if isinstance(case.body, dict) and "UniqueCode" in case.body and len(str(case.body)) % 2:
        case.body |= known
    with transaction.atomic():
        case.call_and_validate(headers=shop.headers, checks=CHECKS)
        transaction.set_rollback(True)
