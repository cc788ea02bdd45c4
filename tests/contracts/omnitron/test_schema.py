"""`/schema/` of every resource, in the shape that the page prints for POS."""

import pytest

RESOURCES = [
    "pos", "banks", "card_types", "cards", "bin_numbers", "installments", "bank_accounts", "payment_options",
    "multi_currency_cards", "channels",
]  # fmt: skip

NUMBERS = ["exact", "gt", "gte", "lt", "lte"]


def field(type, required, read_only, label, **more):
    return {"type": type, "required": required, "read_only": read_only, "label": label, **more}


def test_it_describes_pos_as_the_page_prints(api):
    schema = api.get("/api/v1/pos/schema/").json()
    post = schema["actions"]["POST"]
    gateway_choices = post["gateway"].pop("choices")
    config_choices = post["config"].pop("choices")
    assert schema == {
        "name": "Schema",
        "description": "",
        "renders": ["application/json", "text/html", "text/csv", "application/xls", "application/xml"],
        "parses": ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
        "actions": {
            "POST": {
                "pk": field("integer", False, True, "ID"),
                "name": field("string", True, False, "Name", max_length=64),
                "slug": field("string", True, False, "Slug"),
                "gateway": field("choice", True, False, "Gateway"),
                "config": field("json field", False, False, "Config"),
                "resource_url": field("url", True, False, "Resource url", max_length=200),
                "three_d_resource_url": field("url", False, False, "Three d resource url", max_length=200),
                "channel": field("pk field", True, False, "Channel"),
                "gateway_display": field("method field", False, True, "Gateway display"),
                "modified_date": field("datetime", False, True, "Modified date"),
                "created_date": field("datetime", False, True, "Created date"),
            }
        },
        "filters": {
            "id": {"type": "NumberFilter", "lookup_types": NUMBERS},
            "channel": {"type": "ModelChoiceFilter", "lookup_types": ["exact"]},
            "modified_date": {"type": "DateFilter", "lookup_types": [*NUMBERS, "date"]},
            "pk": {"type": "NumberFilter", "lookup_types": NUMBERS},
        },
        "ordering": "__all__",
    }
    assert {
        "display_name": "alpha",
        "value": "omnicore.libs.payment_gateways.alpha.AlphaGateway",
    } in gateway_choices
    assert config_choices["fiba_credit"] == {
        "client_id": field("string", True, False, "Client Id", max_length=64),
        "client_secret": field("string", True, False, "Client Secret Key", max_length=64),
    }
    assert {"dummypay", "nestpay", "garanti", "gpay", "iyzico", "alpha", "fiba_credit"} == set(config_choices)


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_resource_has_a_schema(resource, api):
    schema = api.get(f"/api/v1/{resource}/schema/").json()
    known = {"integer", "string", "choice", "json field", "url", "pk field", "method field", "datetime", "boolean",
             "decimal", "image"}  # fmt: skip
    assert {item["type"] for item in schema["actions"]["POST"].values()} <= known
    assert {"id", "pk"} <= set(schema["filters"])
    assert schema["ordering"] == "__all__"


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_filter_of_a_schema_works(resource, api, channel):
    values = {"NumberFilter": "1", "DecimalFilter": "1.5", "DateFilter": "2026-01-01", "CharFilter": "x",
              "ModelChoiceFilter": str(channel.pk), "BooleanFilter": "true"}  # fmt: skip
    choices = {"card_payment_type": "credit", "payment_type": "gpay", "bin_number_length": "6"}
    for name, described in api.get(f"/api/v1/{resource}/schema/").json()["filters"].items():
        for lookup in described["lookup_types"]:
            parameter = f"{name}__{lookup}"
            value = choices.get(name) or values[described["type"]]
            response = api.get(f"/api/v1/{resource}/", {parameter: value})
            if described["type"] == "ModelChoiceFilter" and name != "channel":
                assert response.status_code == 400, parameter  # no such object
                assert list(response.json()) == [parameter]
            else:
                assert response.status_code == 200, f"{parameter}: {response.content!r}"


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_field_sorts(resource, api):
    for name in api.get(f"/api/v1/{resource}/schema/").json()["actions"]["POST"]:
        if name in ("gateway_display", "bin_number_length", "iban_is_valid"):
            continue
        for term in (name, f"-{name}"):
            assert api.get(f"/api/v1/{resource}/", {"sort": term}).status_code == 200, term
            assert api.get(f"/api/v1/{resource}/", {"ordering": term}).status_code == 200, term
