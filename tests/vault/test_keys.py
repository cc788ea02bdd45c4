"""Keys: who gets in, who does not, and that nobody can be locked out."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from config.kit.lib.errors import InvalidValueError
from tests.vault.conftest import make_shop
from vault import services
from vault.models import AccessLog, ApiKey


@pytest.fixture
def few_tries(settings):
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"vault_wrong_key": "3/min"}
    }  # fmt: skip


def status_of(shop, **headers) -> int:
    return shop.api.get("/paywall/card/insurance", headers={"relationalid1": "1", **headers}).status_code


def test_keys_are_nowhere_in_the_table(shop):
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(row)::text FROM vault_apikey AS row")
        stored = cursor.fetchone()[0]
    assert shop.private not in stored
    assert shop.private[8:] not in stored
    assert shop.client not in stored
    assert shop.private[:8] in stored


def test_both_keys_of_one_pair_are_needed(shop, rival):
    assert status_of(shop) == 200
    assert status_of(shop, apiclientprivate=rival.client) == 401
    assert status_of(shop, apikeyprivate=rival.private) == 401
    assert status_of(shop, apikeyprivate=shop.private[:8] + "x" * 35) == 401
    assert status_of(shop, apikeyprivate=shop.private[:8]) == 401
    assert status_of(shop, apikeyprivate="ÿ" * 300) == 401


def test_an_old_pair_works_until_the_overlap_ends(shop):
    issued = services.keys.rotate(shop.key, overlap=timedelta(hours=1))
    new = {"apikeyprivate": issued.private, "apiclientprivate": issued.client}
    assert status_of(shop) == status_of(shop, **new) == 200
    ApiKey.objects.filter(pk=shop.key.pk).update(expires_at=timezone.now())
    assert (status_of(shop), status_of(shop, **new)) == (401, 200)


def test_rotating_never_makes_an_old_pair_live_longer(shop):
    soon = timezone.now() + timedelta(minutes=1)
    services.keys.update(shop.key, expires_at=soon)
    services.keys.rotate(shop.key, overlap=timedelta(days=1))
    assert ApiKey.objects.get(pk=shop.key.pk).expires_at == soon


def test_a_revoked_pair_is_refused_at_once(shop):
    services.keys.revoke(shop.key)
    assert status_of(shop) == 401


@pytest.mark.parametrize(
    "end", [services.merchants.delete, lambda it: services.merchants.update(it, is_active=False)]
)
def test_a_merchant_that_is_gone_or_off_does_not_get_in(shop, end):
    end(shop.merchant)
    assert status_of(shop) == 401


@pytest.mark.parametrize(
    ("allowed", "status"),
    [
        (["127.0.0.1"], 200),
        (["10.0.0.0/8", "127.0.0.0/24"], 200),
        (["10.0.0.0/8"], 401),
        (["2001:db8::/32"], 401),
    ],
)
def test_a_pair_may_be_bound_to_addresses(db, allowed, status):
    assert status_of(make_shop("Bound", allowed_addresses=allowed)) == status


def test_what_is_no_address_is_refused(shop):
    with pytest.raises(InvalidValueError):
        services.keys.update(shop.key, allowed_addresses=["shop.example"])


def test_a_refusal_is_in_the_log_of_the_merchant_whose_key_it_was(shop):
    status_of(shop, apiclientprivate="wrong")
    line = AccessLog.objects.get()
    assert (line.merchant, line.key, line.action, line.error_code) == (shop.merchant, shop.key, "refuse", 401)


def test_wrong_keys_of_one_address_are_limited(shop, few_tries):
    answers = [status_of(shop, apikeyprivate=f"unknown{number}" * 4) for number in range(5)]
    assert answers == [401, 401, 401, 429, 429]


def test_wrong_keys_of_one_prefix_are_limited_whatever_their_address(shop, few_tries):
    answers = []
    for number in range(5):
        shop_api = shop.api
        shop_api.defaults["REMOTE_ADDR"] = f"192.0.2.{number}"
        headers = {"relationalid1": "1", "apiclientprivate": "wrong"}
        answers.append(shop_api.get("/paywall/card/insurance", headers=headers))
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert answers[-1].json()["ErrorCode"] == 429
    assert int(answers[-1]["Retry-After"]) > 0
    assert AccessLog.objects.filter(action="refuse").count() == 3


def test_no_number_of_wrong_keys_locks_the_merchant_out(shop, few_tries):
    for _ in range(6):
        status_of(shop, apiclientprivate="wrong")
    assert status_of(shop) == 200


def test_right_keys_are_not_counted(shop, few_tries):
    assert [status_of(shop) for _ in range(6)] == [200] * 6


def test_when_and_from_where_a_pair_was_last_used_is_known(shop):
    assert ApiKey.objects.get().last_used_at is None
    status_of(shop)
    key = ApiKey.objects.get()
    assert key.last_used_address == "127.0.0.1"
    assert timezone.now() - key.last_used_at < timedelta(minutes=1)
