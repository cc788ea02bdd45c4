"""Requests that are generated from the documents of the contracts, good and bad, with every check of schemathesis.

The native API and Paywall have theirs beside their other tests.
"""

import pytest

from tests.contracts.bimetri.conftest import make_portal_shop
from tests.contracts.naviga.conftest import make_world
from tests.contracts.tmf.conftest import make_telco
from tests.support.openapi import (
    accepted_but_for,
    checks_but,
    examples,
    one_connection,
    refused_but_for,
    schema_of,
    send,
    token_headers,
)

__all__ = ["one_connection", "token_headers"]

pytestmark = pytest.mark.usefixtures("one_connection")
COUNT = 8

LENIENT = ("Incorrect type",)
"""Booleans and numbers are also read from texts ("true", "5"), as DRF does."""

TEXTS = (
    "Null characters are not allowed",
    "NUL character",
    "must not be blank",
    "may not be blank",
    "valid string",
    "is not JSON",
    "JSON parse error",
)
"""A text of the generator's that PostgreSQL does not store, or that is nothing but blanks."""
CARD_NUMBERS = ("[Cc]ard numbers? ",)
"""Digits that happen to be one."""

BIMETRI_REASONS = (
    *TEXTS,
    *CARD_NUMBERS,
    "SubscriptionNotFoundException",  # a number of the generator's
    "BillNotFoundException",
    "Screen name or password is wrong",
    "must name the organization of the body",  # a rule about two places
    "no default payment method",  # the shop's subscriber has none
    "must not be repeated",
    "The card has expired",
    "card number is not valid",  # Luhn
    "Must not start with 0",
    "returnUrl",  # needs an allow-list
    "does not offer this number of installments",
)
NAVIGA_REASONS = (
    "BILLING_01",  # one answer for all rules between fields, and for texts that are card numbers
    "Billing_01",  # a number of the generator's
    "Billing_03",
    "Payments_05",
    "is missing",  # a header of blanks
)
TMF_REASONS = (
    *TEXTS,
    *CARD_NUMBERS,
    '"code":"60"',  # an id of the generator's
    "There is no such (account|bill|payment)",
    "has no such payment method",
    "currency is expected",
    "above zero is expected",
    "decimal places",
    "At most 14 digits",
    "Not a value of this attribute",  # of a filter: an amount of a thousand digits
    "A single resource takes",
    "One operator is enough",
    "A value is expected",
    "One of .* is expected",
    "masked card number is expected",
    "last digits of cardNumber",
    "whole value is expected, not a mask",
    "A year from",
    "A number of at most 14 digits",
    "A time after startDateTime",
    "can't change",
    "A date and time is expected",
    "callback",  # a public https address
    "query: ",
    "query is longer",
    "At most 30 filters",
)

bimetri = schema_of("bimetri")
naviga = schema_of("naviga")
tmf676 = (
    schema_of("tmf676").exclude(path_regex="^/oauth").exclude(path_regex="^/(payment|refund)$", method="GET")
)
lists = schema_of("tmf676").include(path_regex="^/(payment|refund)$", method="GET")
lists.config.phases.coverage.enabled = False  # each of fifty parameters at each of its bounds
tmf670 = schema_of("tmf670").exclude(path_regex="^/(oauth|hub)")
# Thirteen types of bodies: test_tmf670_generated.py walks through each of them. Here are the bounds of the rest.
tmf670.config.phases.coverage.enabled = False


def checks(reasons):
    return [*checks_but("positive_data_acceptance"), accepted_but_for(*reasons)]


@pytest.fixture
def portal(db, ada):
    from billing.contracts.bimetri.auth import issue_token

    make_portal_shop()
    return {"Authorization": f"Bearer {issue_token(ada, remember=False)}"}


@bimetri.parametrize()
@examples(COUNT)
def test_bimetri(case, portal):
    send(case, headers=portal, checks=checks(BIMETRI_REASONS))


@pytest.fixture
def site(db):
    return make_world().headers()


@naviga.parametrize()
@examples(COUNT)
def test_naviga(case, site):
    """A missing Authorization is 400 by the contract's page, not 401; tests/contracts/naviga has it."""
    own = checks_but(
        "positive_data_acceptance", "negative_data_rejection", "missing_required_header", "ignored_auth"
    )
    lenient = refused_but_for(*LENIENT)
    send(case, headers=site, checks=[*own, accepted_but_for(*NAVIGA_REASONS), lenient])


@pytest.fixture
def telco(db):
    return make_telco()


@tmf676.parametrize()
@examples(COUNT)
def test_tmf676(case, token_headers, telco):
    send(case, headers=token_headers, checks=checks(TMF_REASONS))


@lists.parametrize()
@examples(COUNT)
def test_lists_of_tmf676(case, token_headers, telco):
    send(case, headers=token_headers, checks=checks(TMF_REASONS))


@tmf670.parametrize()
@examples(COUNT)
def test_tmf670(case, token_headers, telco):
    send(case, headers=token_headers, checks=checks(TMF_REASONS))
