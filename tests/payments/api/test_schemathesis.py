"""The API against its own OpenAPI: generated requests, good and bad, find no 500 and no answer off the schema."""

import pytest

from payments.models import Card
from tests.support.factories import (
    BankAccountFactory,
    BinNumberFactory,
    CardFactory,
    InstallmentFactory,
    MultiCurrencyCardFactory,
    PaymentOptionFactory,
)
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

# The bounds of each parameter are walked through for some resources; the others, made alike, meet random requests.
WALKED = r"^/api/v1/(auth/.+|(banks|payments|refunds)/\{id\}/.*)$"
walked = schema_of("native").include(path_regex=WALKED)
walked.config.phases.coverage.unexpected_methods = {"DELETE", "PUT"}
others = schema_of("native").exclude(path_regex=WALKED)
others.config.phases.coverage.enabled = False
REASONS = (
    "object does not exist",  # an id of the generator's
    "Expected pk value",  # a negative one
    "Select a valid choice",  # the same in a filter
    "Must be a valid boolean",  # null, in a form
    "This was changed meanwhile",  # an ETag of the generator's
    "must make a unique set",  # or an id that is taken
    "already exists",
    '"sort"',  # no field of the resource
    "[Cc]urrency",  # three letters that are none
    "error_code",  # a broken rule
    "[Cc]ard number",
    "[Nn]ull characters",
    "may not be blank",
    "valid string",
    "Unable to log in",
    "JSON parse error",
    "Date",
    "value is expected",
)
LENIENT = ("Incorrect type", "Invalid component:\n")
"""Booleans and numbers are also read from texts, as DRF does; forms have nothing but texts."""


@pytest.fixture
def known_keys(channel):
    """One row of everything, so that generated keys can meet something."""
    card = CardFactory(channel=channel)
    for factory in (BinNumberFactory, InstallmentFactory, MultiCurrencyCardFactory):
        factory(card=card)
    BankAccountFactory(bank=card.bank)
    PaymentOptionFactory(channel=channel)
    return Card


@pytest.mark.usefixtures("one_connection")
@walked.parametrize()
@examples(5)
def test_it_keeps_to_its_schema(case, token_headers, known_keys):
    send_as_json(case, token_headers, known_keys)


@pytest.mark.usefixtures("one_connection")
@others.parametrize()
@examples(3)
def test_others_keep_to_theirs(case, token_headers, known_keys):
    send_as_json(case, token_headers, known_keys)


def send_as_json(case, headers, known_keys):
    """What JSON says is what is checked; test_renderers.py has the other forms. Some ids are there."""
    if "id" in (case.path_parameters or {}) and case.path_parameters["id"] in range(-5, 50):
        case.path_parameters["id"] = known_keys.objects.get().pk
    if case.query:
        case.query.pop("format", None)
    own = checks_but("positive_data_acceptance", "negative_data_rejection")
    checks = [*own, accepted_but_for(*REASONS), refused_but_for(*LENIENT)]
    send(case, headers=headers, checks=checks)
