"""The config of a POS: nothing unknown is dropped, PATCH changes a part of it, PUT replaces it."""

import json

import pytest

from payments.pos_gateway import full_config
from tests.support.factories import DUMMYPAY, GPAY, NESTPAY, PosFactory

NESTPAY_CONFIG = {"username": "u", "client_id": "c", "store_key": "STOREKEY-123", "password": "PASSWORD-456"}
GPAY_CONFIG = {
    "auth": {
        "password": "secret-password",
        "merchant_id": "111",
        "terminal_id": "222",
        "prov_username": {"oos": "oos", "refund": "ref"},
    },
    "store_key": "secret-key",
    "refund_url": "https://refund.example/",
    "company_name": "AAA",
}


def body(channel, **changes):
    return {
        "name": "POS", "slug": "pos", "channel": channel.pk, "gateway": NESTPAY, "config": NESTPAY_CONFIG,
        "resource_url": "https://entegrasyon.asseco-see.com.tr/fim/api",
    } | changes  # fmt: skip


def errors_of(response):
    assert response.status_code == 406, response.content
    assert response.json()["error_code"] == "pos_100_2"
    return json.loads(response.json()["non_field_errors"])


def test_it_names_keys_that_the_gateway_does_not_have(api, channel):
    misspelt = {**NESTPAY_CONFIG, "storetype": "3d_pay"}
    assert errors_of(api.post("/api/v1/pos/", body(channel, config=misspelt))) == {
        "storetype": ["Unknown field."]
    }


def test_it_names_unknown_and_missing_keys_together(api, channel):
    missing = {name: value for name, value in NESTPAY_CONFIG.items() if name != "password"}
    found = errors_of(api.post("/api/v1/pos/", body(channel, config={**missing, "passwort": "x"})))
    assert found == {"password": ["This field is required."], "passwort": ["Unknown field."]}


def test_it_names_them_inside_a_block(api, channel):
    config = {**GPAY_CONFIG, "auth": {**GPAY_CONFIG["auth"], "user": "x"}}
    changes = {"gateway": GPAY, "config": config, "resource_url": "https://sanalposprov.garanti.com.tr/x"}
    assert errors_of(api.post("/api/v1/pos/", body(channel, **changes))) == {
        "auth": {"user": ["Unknown field."]}
    }


@pytest.fixture
def nestpay(channel):
    return PosFactory(channel=channel, gateway=NESTPAY, config=NESTPAY_CONFIG)


def stored(pos):
    pos.refresh_from_db()
    return full_config(pos)


def test_patch_changes_the_keys_that_are_sent(api, nestpay):
    answer = api.patch(f"/api/v1/pos/{nestpay.pk}/", {"config": {"store_type": "3d_pay"}})
    assert answer.status_code == 200, answer.content
    assert answer.json()["config"]["store_type"] == "3d_pay"
    assert stored(nestpay) == {
        **NESTPAY_CONFIG, "store_type": "3d_pay", "accept_half_secure": False, "mode": "TEST",
    }  # fmt: skip


def test_patch_changes_one_key_of_a_block(api, channel):
    pos = PosFactory(channel=channel, gateway=GPAY, config=GPAY_CONFIG)
    change = {"config": {"auth": {"password": "NEW-PASSWORD"}}}
    assert api.patch(f"/api/v1/pos/{pos.pk}/", change).status_code == 200
    assert stored(pos)["auth"] == {**GPAY_CONFIG["auth"], "password": "NEW-PASSWORD"}


def test_null_in_a_patch_keeps_what_is_stored(api, nestpay):
    change = {"config": {"store_key": None, "mode": None, "username": "other"}}
    assert api.patch(f"/api/v1/pos/{nestpay.pk}/", change).status_code == 200
    found = stored(nestpay)
    assert (found["store_key"], found["username"], found["mode"]) == ("STOREKEY-123", "other", "TEST")


def test_put_replaces_the_whole_config(api, channel, nestpay):
    assert api.patch(f"/api/v1/pos/{nestpay.pk}/", {"config": {"store_type": "3d_pay"}}).status_code == 200
    sent = body(channel, slug=nestpay.slug, resource_url=nestpay.resource_url)
    assert api.put(f"/api/v1/pos/{nestpay.pk}/", sent).status_code == 200
    assert stored(nestpay)["store_type"] == "3d"
    incomplete = api.put(f"/api/v1/pos/{nestpay.pk}/", {**sent, "config": {"store_type": "3d_pay"}})
    assert set(errors_of(incomplete)) == {"username", "store_key", "password", "client_id"}


def test_patch_of_the_terminal_does_not_take_the_secrets_along(api, nestpay):
    """A secret belongs to one merchant account: whoever names another one must know it."""
    found = errors_of(api.patch(f"/api/v1/pos/{nestpay.pk}/", {"config": {"client_id": "mine"}}))
    assert set(found) == {"store_key", "password"}
    assert stored(nestpay)["client_id"] == "c"


def test_patch_to_another_gateway_keeps_nothing_that_it_does_not_know(api, nestpay):
    change = {
        "gateway": DUMMYPAY,
        "resource_url": "https://dummypay.net/",
        "config": {"three_d_enabled": True},
    }
    answer = api.patch(f"/api/v1/pos/{nestpay.pk}/", change)
    assert answer.status_code == 200, answer.content
    assert stored(nestpay) == {
        "three_d_enabled": True, "fail_on_refund": False, "fail_on_void": False, "auth": {},
    }  # fmt: skip
