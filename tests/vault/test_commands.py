"""The vault's commands, as an administrator runs them."""

import json

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from vault.models import AccessLog, ApiKey, Merchant

PATH = "/paywall/card/insurance"


def status_of(keys) -> int:
    headers = {name: keys[name] for name in ("apikeyprivate", "apiclientprivate")}
    return APIClient().get(PATH, headers={**headers, "relationalid1": "1"}).status_code


def test_a_merchant_is_made_with_keys_that_work(db, capsys):
    call_command("create_merchant", "Bakkal Ayşe")
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["merchant", "apikeyprivate", "apiclientprivate"]
    assert printed["merchant"] == Merchant.objects.get(name="Bakkal Ayşe").pk
    assert status_of(printed) == 200


@pytest.mark.parametrize("name", ["Bakkal", " ", "x" * 129])
def test_a_name_is_used_once_and_has_a_length(db, name):
    call_command("create_merchant", "Bakkal")
    with pytest.raises(CommandError):
        call_command("create_merchant", name)
    assert (Merchant.objects.count(), ApiKey.objects.count()) == (1, 1)


def test_more_keys_are_made_by_id_or_name(shop, capsys):
    for given in (str(shop.merchant.pk), shop.merchant.name):
        call_command("create_api_key", given, days=1, allow=["127.0.0.0/8"])
        assert status_of(json.loads(capsys.readouterr().out)) == 200
    assert ApiKey.objects.filter(merchant=shop.merchant, expires_at__isnull=False).count() == 2


@pytest.mark.parametrize("options", [{"merchant": "nobody"}, {"days": 0}, {"allow": ["example.com"]}])
def test_what_makes_no_sense_makes_no_key(shop, options):
    with pytest.raises(CommandError):
        call_command("create_api_key", options.pop("merchant", shop.merchant.name), **options)
    assert ApiKey.objects.count() == 1


def test_unique_codes_are_given_anew(shop, rival):
    old = shop.save().json()["Body"]["UniqueCode"]
    kept = rival.save().json()["Body"]["UniqueCode"]
    call_command("rotate_unique_codes", shop.merchant.name)
    (card,) = shop.list().json()["Body"]
    assert card["UniqueCode"] != old
    assert shop.put(old).status_code == 404
    assert shop.put(card["UniqueCode"]).status_code == 200
    assert rival.put(kept).status_code == 200
    assert AccessLog.objects.filter(action="new_code", merchant=shop.merchant).count() == 1
