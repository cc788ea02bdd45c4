"""What the last release promised is kept, or CHANGELOG.md says that it is not."""

from copy import deepcopy

import pytest
from django.conf import settings

from config.api_documents import document_of
from tests.support import promises
from tests.support.promises import breaking_changes, promises_of, unnamed


def test_no_change_breaks_a_client_without_a_word_in_the_changelog():
    changes = breaking_changes(promises.read(), promises_of(document_of("whole")))
    changelog = (settings.BASE_DIR / "CHANGELOG.md").read_text()
    assert unnamed(changes, changelog) == []


DOCUMENT = {
    "paths": {
        "/pay": {
            "post": {
                "security": [{"token": []}],
                "parameters": [{"in": "query", "name": "dry", "schema": {"type": "boolean"}}],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pay"}}}
                },
                "responses": {
                    "200": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Paid"}}}
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Pay": {
                "type": "object",
                "required": ["amount"],
                "properties": {
                    "amount": {"type": "string", "maxLength": 10},
                    "kind": {"type": "string", "enum": ["card", "cash"]},
                },
            },
            "Paid": {
                "type": "object",
                "required": ["id"],
                "properties": {"id": {"type": "string"}, "text": {"type": "string"}},
            },
        }
    },
}


def pay(document):
    return document["components"]["schemas"]["Pay"]


def paid(document):
    return document["components"]["schemas"]["Paid"]


def operation(document):
    return document["paths"]["/pay"]["post"]


BREAKING = {
    "the operation is gone": (lambda d: d["paths"].clear(), "POST /pay"),
    "another credential": (lambda d: operation(d).update(security=[{"key": []}]), "POST /pay"),
    "a parameter is gone": (lambda d: operation(d)["parameters"].clear(), "POST /pay query dry"),
    "a new required parameter": (
        lambda d: operation(d)["parameters"].append(
            {"in": "query", "name": "x", "required": True, "schema": {"type": "string"}}
        ),
        "POST /pay query x",
    ),
    "a status is gone": (
        lambda d: operation(d).update(responses={"202": {}}), "POST /pay answers 200 application/json",
    ),
    "a new required attribute": (
        lambda d: pay(d).update(required=["amount", "x"], properties=pay(d)["properties"] | {"x": {"type": "string"}}),
        "request Pay.x",
    ),
    "an attribute is required now": (lambda d: pay(d)["required"].append("kind"), "request Pay.kind"),
    "an attribute is no longer taken": (lambda d: pay(d)["properties"].pop("kind"), "request Pay.kind"),
    "a choice is gone": (lambda d: pay(d)["properties"]["kind"].update(enum=["card"]), "request Pay.kind"),
    "a shorter text": (lambda d: pay(d)["properties"]["amount"].update(maxLength=5), "request Pay.amount"),
    "another type is taken": (
        lambda d: pay(d)["properties"]["amount"].update(type="number"), "request Pay.amount",
    ),
    "an answer lacks an attribute": (lambda d: paid(d)["properties"].pop("text"), "answer Paid.text"),
    "an answer may lack it": (lambda d: paid(d)["required"].clear(), "answer Paid.id"),
    "an answer may be null": (
        lambda d: paid(d)["properties"]["id"].update(type=["string", "null"]), "answer Paid.id",
    ),
}  # fmt: skip
HARMLESS = {
    "a new operation": lambda d: d["paths"].update({"/more": deepcopy(d["paths"]["/pay"])}),
    "a new optional attribute": lambda d: pay(d)["properties"].update(x={"type": "string"}),
    "an attribute becomes optional": lambda d: pay(d)["required"].clear(),
    "a longer text": lambda d: pay(d)["properties"]["amount"].update(maxLength=20),
    "null is taken, too": lambda d: pay(d)["properties"]["amount"].update(type=["string", "null"]),
    "a new choice": lambda d: pay(d)["properties"]["kind"]["enum"].append("check"),
    "an answer has more": lambda d: paid(d)["properties"].update(x={"type": "string"}),
    "an answer always has it": lambda d: paid(d)["required"].append("text"),
}


def changes_after(change):
    changed = deepcopy(DOCUMENT)
    change(changed)
    return breaking_changes(promises_of(DOCUMENT), promises_of(changed))


@pytest.mark.parametrize(("change", "name"), BREAKING.values(), ids=BREAKING)
def test_what_breaks_clients_is_found(change, name):
    changes = changes_after(change)
    assert name in changes
    assert unnamed(changes, "## Unreleased\n\n* Something about POST /pay\n\n## 1.0.0\n\n* Breaking: " + name)


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_what_breaks_nobody_is_let_through(change):
    assert changes_after(change) == {}


def test_the_changelog_names_a_breaking_change_with_all_its_words():
    changes = {"request Pay.kind": "is required now"}
    log = "## Unreleased\n\n### Integrators\n\n* Breaking: the request Pay needs `kind`\n  from now on.\n* More.\n"
    assert unnamed(changes, log) == []
    assert unnamed(changes, log.replace("`kind`", "more")) == ["request Pay.kind is required now"]
