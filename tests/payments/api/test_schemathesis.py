"""The API against its own OpenAPI: generated requests, good and bad, find no 500 and no answer off the schema."""

import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from payments.models import Card
from tests.support.factories import (
    BankAccountFactory,
    BinNumberFactory,
    CardFactory,
    InstallmentFactory,
    MultiCurrencyCardFactory,
    PaymentOptionFactory,
)
from tests.support.openapi import examples, one_connection, send, token_headers

__all__ = ["one_connection", "token_headers"]

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)


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
@schema.parametrize()
@examples(15)
def test_it_keeps_to_its_schema(case, token_headers, known_keys):
    if "id" in (case.path_parameters or {}) and case.path_parameters["id"] in range(-5, 50):
        case.path_parameters["id"] = known_keys.objects.get().pk
    send(case, headers=token_headers, checks=CHECKS)
