"""Paywall's path against its own OpenAPI: generated requests find no 500 and no answer off the schema."""

import pytest

from tests.support.openapi import (
    accepted_but_for,
    checks_but,
    examples,
    one_connection,
    refused_but_for,
    schema_of,
    send,
)
from vault.services.access import Actor
from vault.services.cards import NewCard, Relation, save_card

__all__ = ["one_connection"]

CARD = NewCard("test", "Test Kartı", "41197901", "6389", "17654932298", 11, 2040)

REASONS = (
    '"ErrorCode":22',  # a code of the generator's
    '"ErrorCode":(23|68)',  # check digits
    '"ErrorCode":106',  # a year of the past
    "card has expired",
    "check digits do not hold",
    "11 digits",
    "[Cc]ard number",
    "[Nn]ull characters",
    "[Cc]ontrol characters",
    "may not be blank",
    "valid string",
    "This field is required",  # a header of blanks
    "not readable JSON",
)
LENIENT = ("Incorrect type", "includedetails")
"""Booleans and numbers are also read from texts, as DRF does."""


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
    own = checks_but("positive_data_acceptance", "negative_data_rejection")
    checks = [*own, accepted_but_for(*REASONS), refused_but_for(*LENIENT)]
    send(case, headers={**shop.headers, "locale": "en-US"}, checks=checks)
