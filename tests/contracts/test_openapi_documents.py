"""The OpenAPI documents: valid, whole, and true to what tests of the contracts see."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from openapi_spec_validator import OpenAPIV31SpecValidator

from config.api_documents import PARTS, document_of
from config.kit.api.documents import operations
from payments.gateways import registry
from tests.support.declared import find_operation

NAMES = ["whole", *PARTS]
GOLDEN = sorted(Path(__file__).parent.glob("*/golden/*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_valid(name):
    document = document_of(name)
    assert document["openapi"].startswith("3.1")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


@pytest.mark.parametrize("name", NAMES)
def test_operations_are_named_secured_and_tell_their_errors(name):
    document = document_of(name)
    ids = [operation["operationId"] for _path, _method, operation in operations(document)]
    assert len(ids) == len(set(ids))
    for path, method, operation in operations(document):
        where = f"{method} {path}"
        assert "security" in operation, where
        assert {"401", "500", "429", "400"} & set(operation["responses"]) or not operation["security"], where
        for status, answer in operation["responses"].items():
            assert answer["description"] or status.startswith("2"), f"{where} {status}"
            assert "X-Request-ID" in answer["headers"], where
        for need in operation["security"]:
            assert set(need) <= set(document["components"]["securitySchemes"]), where
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        if body and is_printed(path):
            assert body.get("examples"), where


OMNITRON = (
    "channels", "pos", "banks", "card_types", "cards", "multi_currency_cards", "bin_numbers", "installments",
    "bank_accounts", "payment_options", "auth",
)  # fmt: skip


def is_printed(path):
    """Whether a contract's page has bodies of this path. The log-in of Bimetri, and our own resources, have none."""
    if path.startswith("/api/v1/"):
        return path.split("/")[3] in OMNITRON
    return path != "/api/auth/login"


def routed():
    """Every path that the URL configuration knows, in OpenAPI's form."""

    def walk(resolver, prefix):
        for entry in resolver.url_patterns:
            route = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry, route)
            elif isinstance(entry, URLPattern) and "UnknownPath" not in entry.lookup_str:
                yield route

    for route in walk(get_resolver(), "/"):
        path = re.sub(r"\(\?P<path>[^)]*\)", "", route)
        path = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", path).replace("^", "").replace("\\Z", "").rstrip("$")
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)
        path = path.replace("/?", "/" if path.startswith("/api/v1") else "")
        yield re.sub(r"^/+", "/", path).replace("{pk}", "{id}")


SHOWN = ("/api/v1/", "/api/auth", "/api/payment", "/api/subscription", "/Billing", "/paywall", "/payment",
         "/refund", "/hub", "/accounts", "/oauth")  # fmt: skip
NOT_SHOWN = {"/api/v1/", "/api/v1/auth/login$|api/i1/auth/login/"}
"""The root, which lists the resources, and another spelling of the log-in."""


def test_every_routed_path_of_every_contract_is_shown():
    known = set(document_of("whole")["paths"])
    paths = {path for path in routed() if path.startswith(SHOWN)}
    missing = {path for path in paths if path not in known and not path.endswith("/schema/")} - NOT_SHOWN
    assert missing == set()
    assert len(paths) > 70


def test_the_documents_of_the_contracts_make_up_the_whole():
    parts = [set(document_of(name)["paths"]) for name in PARTS]
    assert set.union(*parts) == set(document_of("whole")["paths"])


@pytest.mark.parametrize("file", GOLDEN, ids=[f"{file.parts[-3]}-{file.stem}" for file in GOLDEN])
def test_the_statuses_of_printed_answers_are_declared(file):
    checked = 0
    for exchange in json.loads(file.read_text()):
        request, status = exchange["request"], str(exchange["response"]["status"])
        operation = find_operation(request["method"], re.sub(r"{\w+}", "1", request["path"]))
        if operation is None:  # 405
            assert status in ("404", "405") or "/schema" in request["path"], exchange["name"]
            continue
        assert status in operation["responses"], exchange["name"]
        checked += 1
    assert checked


def schema_of(name, document="native"):
    return document_of(document)["components"]["schemas"][name]


def test_the_config_of_a_pos_is_its_gateways():
    for name in ("POS", "POSRequest"):
        schema = schema_of(name)
        assert set(schema["discriminator"]["mapping"]) == {gateway.path for gateway in registry.GATEWAYS}
        assert len(schema["oneOf"]) == len(registry.GATEWAYS)
    config = schema_of("PosConfigRequestNestpay")
    assert config["additionalProperties"] is False
    assert "store_key" in config["properties"]


def test_nullable_choices_have_null_among_their_values():
    of_account = schema_of("PaymentMethod")["properties"]["bank_account_type"]["oneOf"]
    assert {"$ref": "#/components/schemas/NullEnum"} in of_account
    assert schema_of("NullEnum") == {"type": "null"}


@pytest.mark.parametrize("name", ["created_date__date", "modified_date__date"])
def test_filters_by_a_day_are_dates(name):
    parameters = document_of("native")["paths"]["/api/v1/cards/"]["get"]["parameters"]
    [found] = [item for item in parameters if item.get("name") == name]
    assert found["schema"] == {"type": "string", "format": "date"}


def test_events_are_callbacks_and_webhooks_and_what_was_made_is_linked():
    document = document_of("tmf676")
    assert document["paths"]["/hub"]["post"]["callbacks"]["event"]
    assert document["webhooks"]["event"]["post"]["requestBody"]
    link = document["paths"]["/payment"]["post"]["responses"]["201"]["links"]["payment"]
    assert link["operationId"] == document["paths"]["/payment/{name}"]["get"]["operationId"]
    native = document_of("native")["paths"]["/api/v1/banks/"]["post"]["responses"]["201"]
    assert native["links"]["read"]["operationId"] == "banks_retrieve"


def test_conditions_and_keys_are_shown():
    paths = document_of("native")["paths"]
    bank = paths["/api/v1/banks/{id}/"]
    assert "ETag" in bank["get"]["responses"]["200"]["headers"]
    assert "304" in bank["get"]["responses"]
    assert "If-Match" in {item.get("name") for item in bank["put"]["parameters"]}
    refund = paths["/api/v1/payments/{id}/refund/"]["post"]
    assert "Idempotency-Key" in {item.get("name") for item in refund["parameters"]}
    assert {"409", "422", "503"} <= set(refund["responses"])


@pytest.mark.parametrize("name", NAMES)
def test_documents_and_their_pages_are_served(db, name):
    ending = "" if name == "whole" else f"{name}/"
    answer = Client().get(f"/api/schema/{ending}?format=json", headers={"Host": "testserver"})
    assert answer.status_code == 200
    servers = answer.json()["servers"]
    assert all(server["url"].startswith("http://testserver") for server in servers)
    page = Client().get(f"/api/docs/{ending}")
    assert page.status_code == 200
    script = Client().get(f"/api/docs/{ending}?script=")
    assert f'url: "/api/schema/{ending}"' in script.content.decode().replace("\\u002D", "-")
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.content.decode()):
        assert not address.startswith(("http:", "https:", "//")), address


def test_an_unknown_document_is_not_found(db):
    assert Client().get("/api/schema/acme/").status_code == 404
    assert Client().get("/api/docs/acme/").status_code == 404
