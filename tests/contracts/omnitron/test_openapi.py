"""The OpenAPI document: complete, quiet, and with the samples of the contract's page."""

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from payments.api import examples, serializers

SAMPLES = {
    "pos": (examples.POS, serializers.POSSerializer),
    "banks": (examples.BANK, serializers.BankSerializer),
    "card_types": (examples.CARD_TYPE, serializers.CardTypeSerializer),
    "cards": (examples.CARD, serializers.CardSerializer),
    "bin_numbers": (examples.BIN_NUMBER, serializers.BinNumberSerializer),
    "installments": (examples.INSTALLMENT, serializers.InstallmentSerializer),
    "bank_accounts": (examples.BANK_ACCOUNT, serializers.BankAccountSerializer),
    "payment_options": (examples.PAYMENT_OPTION, serializers.PaymentOptionSerializer),
    "multi_currency_cards": (examples.MULTI_CURRENCY_CARD, serializers.MultiCurrencyCardSerializer),
    "channels": (examples.CHANNEL, serializers.ChannelSerializer),
}


@pytest.fixture(scope="module")
def paths():
    return SchemaGenerator().get_schema(request=None, public=True)["paths"]


@pytest.mark.parametrize("resource", SAMPLES)
def test_a_sample_has_the_fields_that_travel(resource):
    (request, response), serializer_class = SAMPLES[resource]
    fields = serializer_class().fields
    assert list(response.value) == list(fields)
    assert set(request.value) == {name for name, field in fields.items() if not field.read_only}


@pytest.mark.parametrize("resource", SAMPLES)
def test_creating_reading_and_changing_are_shown(resource, paths):
    (request, response), _ = SAMPLES[resource]
    create, change = paths[f"/api/v1/{resource}/"]["post"], paths[f"/api/v1/{resource}/{{id}}/"]["put"]
    for operation, status in ((create, "201"), (change, "200")):
        assert shown(operation["requestBody"]) == [request.value]
        assert shown(operation["responses"][status]) == [response.value]
    [page] = shown(paths[f"/api/v1/{resource}/"]["get"]["responses"]["200"])
    assert page["results"] == [response.value]


def test_refusals_are_shown_as_the_page_prints_them(paths):
    refused = paths["/api/v1/bin_numbers/"]["post"]["responses"]
    assert shown(refused["400"]) == [
        {"non_field_errors": ["The fields bin_number, channel must make a unique set."]}
    ]
    assert [body["error_code"] for body in shown(refused["406"])] == ["bin_number_100_3"]


def test_actions_are_shown(paths):
    for path in ("banks/bulk_create", "cards/{id}/bulk_create"):
        answer = paths[f"/api/v1/{path}/"]["post"]["responses"]["200"]
        assert list(answer["content"]) == ["application/json"]
        assert shown(answer)
    assert shown(paths["/api/v1/bin_numbers/match/"]["get"]["responses"]["200"])
    assert shown(paths["/api/v1/pos/{id}/clone/"]["post"]["requestBody"])


def test_the_generator_has_nothing_to_complain_about(tmp_path):
    """tests/contracts/test_openapi_documents.py validates what it makes."""
    call_command("spectacular", fail_on_warn=True, file=str(tmp_path / "schema.yml"))


def shown(part):
    return [example["value"] for example in part["content"]["application/json"]["examples"].values()]
