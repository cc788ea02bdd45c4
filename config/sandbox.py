"""Credentials of a demo shop for each contract, so that a client can be tried without anybody's help."""

import secrets
import shlex
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from knox.models import AuthToken

import vault.services
from billing.contracts.tmf.auth import PERMISSIONS
from billing.models import ApiClient
from billing.services import api_client
from config.kit.contracts.credentials import issue_token
from config.kit.identity import logins
from config.kit.identity.models import Contract, LoginKind
from payments.models import Channel
from vault.models import Merchant

NAME = "sandbox"
LIFETIME = timedelta(days=30)
SOURCE_SYSTEM, MEDIA_GROUP, CLIENT, PAPER = "SITE", "NAVIGA", "DEMO", "DAILY"
"""The tenant of fixtures/demo.json."""


@transaction.atomic
def make_credentials() -> dict[str, dict[str, Any]]:
    """New ones for each contract, with the ids of the demo data; those of an earlier call end."""
    user, password = _user()
    return {
        "native": {"url": f"{settings.PUBLIC_URL}/api/v1/", "token": _api_key(user)},
        "bimetri": {
            "url": f"{settings.PUBLIC_URL}/api/",
            "screenName": user.username,
            "password": password,
            "organizationId": Channel.objects.get(slug="shop").pk,
            "subscriptionId": 458752,
        },
        "naviga": {
            "url": f"{settings.PUBLIC_URL}/Billing/",
            "token": str(issue_token(user, login=Contract.NAVIGA, lifetime=LIFETIME)),
            "X-SourceSystem": SOURCE_SYSTEM,
            "X-MediaGroupCode": MEDIA_GROUP,
            "X-ClientCode": CLIENT,
            "X-PaperCode": PAPER,
            "subscriptionId": 20,
        },
        "tmf": {"url": f"{settings.PUBLIC_URL}/payment/v4/", **_oauth_client(), "accountId": "84808"},
        "paywall": {"url": f"{settings.PUBLIC_URL}/paywall/", **_merchant_keys()},
    }


def as_shell(credentials: dict[str, dict[str, Any]]) -> str:
    """`export BIMETRI_PASSWORD=…`, one line each, as the samples of docs/integrating name them."""
    lines = [f"export URL={shlex.quote(settings.PUBLIC_URL)}"]
    for contract, values in credentials.items():
        for name, value in values.items():
            variable = f"{contract}_{name}".upper().replace("-", "_")
            lines.append(f"export {variable}={shlex.quote(str(value))}")
    return "\n".join(lines)


def _user() -> tuple[User, str]:
    """A superuser of the demo, whose password is new each time: that ends all its sessions and tokens."""
    password = secrets.token_urlsafe(18)
    user, _created = User.objects.get_or_create(username=NAME, defaults={"is_superuser": True})
    user.set_password(password)
    user.save()
    return user, password


def _api_key(user: User) -> str:
    token, key = AuthToken.objects.create(user=user, expiry=LIFETIME)
    logins.record(
        user.pk, LoginKind.KEY, token.digest, contract=Contract.OMNITRON, expires_at=timezone.now() + LIFETIME
    )
    return str(key)


def _oauth_client() -> dict[str, str]:
    client = ApiClient.objects.filter(name=NAME).first()
    if client is None:
        client, secret = api_client.create_client(name=NAME, scopes=list(PERMISSIONS))
    else:
        secret = api_client.rotate_secret(client)
    return {"client_id": client.client_id, "client_secret": secret}


def _merchant_keys() -> dict[str, str]:
    merchant = Merchant.objects.filter(name=NAME).first() or vault.services.merchants.create(name=NAME)
    for key in merchant.keys.filter(revoked_at=None):
        vault.services.keys.revoke(key)
    issued = vault.services.keys.issue(merchant=merchant)
    return {"apikeyprivate": issued.private, "apiclientprivate": issued.client}
