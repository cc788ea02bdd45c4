"""Every answer against the official swagger: the file that TMF676_SWAGGER names.

A key that is null is one that the swagger leaves out; BRM's page prints every key.
"""

import json
import os
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import jsonschema
import pytest

from billing.contracts.tmf.tmf676.events import EVENT_TYPES
from billing.contracts.tmf.tmf676.statuses import STATUSES
from tests.contracts.tmf.conftest import BRM, PLAIN

FILE = os.environ.get("TMF676_SWAGGER", "")
pytestmark = pytest.mark.skipif(not FILE, reason="TMF676_SWAGGER names no swagger file")
SWAGGER = json.loads(Path(FILE).read_text(encoding="utf-8")) if FILE else {}

FORMATS = jsonschema.FormatChecker(())


@FORMATS.checks("date-time", raises=ValueError)
def is_moment(value):
    return datetime.fromisoformat(value).tzinfo is not None


@FORMATS.checks("uri", raises=ValueError)
def is_uri(value):
    return bool(urlsplit(value).scheme)


def without_nulls(value):
    if isinstance(value, dict):
        return {key: without_nulls(part) for key, part in value.items() if part is not None}
    return [without_nulls(part) for part in value] if isinstance(value, list) else value


def check(value, name):
    schema = {**SWAGGER["definitions"][name], "definitions": SWAGGER["definitions"]}
    jsonschema.Draft4Validator(schema, format_checker=FORMATS).validate(without_nulls(value))


def body_of(answer):
    return json.loads(answer.getvalue())


@pytest.fixture
def paid(telco, api):
    extra = {
        "payer": {"id": "P1", "@referredType": "Individual"}, "channel": {"id": "web"}, "correlatorId": "c",
        "amount": {"unit": "USD", "value": 30}, "taxAmount": {"unit": "USD", "value": 5}, "name": "n",
    }  # fmt: skip
    made = api.post(f"{BRM}/payment", telco.sample(35, paymentItem=[telco.item(0, 30)], **extra))
    check(body_of(made), "Payment")
    refund = telco.sample(
        5, payment={"id": made.json()["id"]}, requestor={"id": "R", "@referredType": "Individual"}
    )
    check(body_of(api.post(f"{BRM}/refund", refund)), "Refund")
    check(body_of(api.post(f"{BRM}/payment", telco.cash(1))), "Payment")
    return made.json()


@pytest.mark.parametrize("kind", ["Payment", "Refund"])
@pytest.mark.parametrize("form", ["", "Oracle"])
def test_lists_and_reads(paid, api, kind, form):
    listed = body_of(api.get(f"{PLAIN}/{kind.lower()}?@type={kind}{form}"))
    assert listed
    for document in listed:
        check(document, kind)
        check(body_of(api.get(document["href"])), kind)


def test_every_key_of_the_swagger_is_there(paid, api):
    for kind in ("Payment", "Refund"):
        document = body_of(api.get(f"{PLAIN}/{kind.lower()}"))[0]
        assert set(document) == set(SWAGGER["definitions"][kind]["properties"])


def test_payment_methods(paid, api):
    listed = body_of(api.get("/brm/paymentMethods/v1/paymentMethod"))
    assert [document["id"] for document in listed] == ["Test123XYZ"]
    check(listed[0], "PaymentMethod")


def test_a_subscription(api, db, settings):
    settings.HUB_ALLOW_PRIVATE_CALLBACKS = True
    answer = api.post(
        f"{PLAIN}/hub", {"callback": "http://127.0.0.1:1/", "query": "eventType=PaymentCreateEvent"}
    )
    check(answer.json(), "EventSubscription")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "payment/x", 404),
        ("post", "payment", 400),
        ("put", "payment/x", 405),
        ("get", "payment?x=1", 400),
    ],
)
def test_errors(api, db, method, path, status):
    answer = getattr(api, method)(f"{PLAIN}/{path}")
    assert answer.status_code == status
    check(answer.json(), "Error")
    assert answer.json()["@type"] == "Error"


def test_every_type_of_event_is_the_swaggers():
    names = [name for name in SWAGGER["definitions"] if re.fullmatch(r"(Payment|Refund)\w+Event", name)]
    assert set(EVENT_TYPES) == set(names)


def test_the_swaggers_words_are_ours():
    assert set(STATUSES) == set(SWAGGER["definitions"]["PaymentStatusExampleType"]["enum"])


def test_the_minimal_body_of_each_resource_is_taken(telco, api):
    """What `required` of Payment_Create and Refund_Create names is enough (with what BRM's page adds)."""
    needed = set(SWAGGER["definitions"]["Payment_Create"]["required"])
    body = {name: part for name, part in telco.cash(5).items() if name in needed}
    check(body, "Payment_Create")
    assert api.post(f"{PLAIN}/payment", body).status_code == 201
    check(body, "Refund_Create")
    assert api.post(f"{PLAIN}/refund", body).status_code == 201
