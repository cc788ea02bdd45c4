"""OAuth 2.0 clients. A secret is available in clear only when it is created."""

import secrets
from collections.abc import Sequence

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from oauth2_provider.models import get_access_token_model

from billing.models import ApiClient


def create_client(*, name: str, user: AbstractBaseUser, scopes: Sequence[str]) -> tuple[ApiClient, str]:
    """The client and its secret, which cannot be retrieved later."""
    secret = secrets.token_urlsafe(48)
    client = ApiClient.objects.create(
        name=name,
        user=user,
        scopes=" ".join(scopes),
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
        client_secret=secret,
    )
    return client, secret


def rotate_secret(client: ApiClient) -> str:
    """A new secret. The old one and all tokens issued with it stop working."""
    secret = secrets.token_urlsafe(48)
    with transaction.atomic():
        client.client_secret = secret
        client.save(update_fields=["client_secret", "updated"])
        revoke_tokens(client)
    return secret


def revoke_tokens(client: ApiClient) -> None:
    get_access_token_model().objects.filter(application=client).delete()
