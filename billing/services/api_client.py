"""OAuth 2.0 clients. A secret is available in clear only when it is created."""

import secrets
from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import slugify
from oauth2_provider.models import get_access_token_model

from billing.models import ApiClient
from config.kit import second_person
from config.kit.services import Service


class ApiClientService(Service[ApiClient]):
    model = ApiClient
    controlled_fields = ("scopes", "client_secret")

    def loosened(self, instance: ApiClient, stored: ApiClient | None) -> list[str]:
        names = super().loosened(instance, stored)
        if stored is not None and set(instance.scopes.split()) <= set(stored.scopes.split()):
            names = [name for name in names if name != "scopes"]
        return names

    def describe(self, instance: ApiClient) -> dict[str, str]:
        fields = [ApiClient._meta.get_field(name) for name in ("name", "client_id", "scopes")]
        return {str(field.verbose_name): getattr(instance, field.name) for field in fields}

    def write(self, instance: ApiClient) -> None:
        """Changed scopes apply at once: existing tokens end."""
        if instance._state.adding:
            instance.user = _service_identity(instance)
        super().write(instance)
        revoke_tokens(instance)


clients = ApiClientService()


def create_client(*, name: str, scopes: Sequence[str], user_id: int | None = None) -> tuple[ApiClient, str]:
    """The client and its secret, which cannot be retrieved later. `user_id` is who gets to see it."""
    secret = secrets.token_urlsafe(48)
    client = clients.create(
        name=name,
        scopes=" ".join(scopes),
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
        client_secret=secret,
        known_to=[] if user_id is None else [user_id],
    )
    return client, secret


def rotate_secret(client: ApiClient, *, user_id: int | None = None) -> str:
    """A new secret. The old one and all tokens issued with it stop working.

    Whoever sees it could act as the client: it must be approved again.
    """
    secret = secrets.token_urlsafe(48)
    with transaction.atomic():
        client.client_secret = secret
        client.is_approved = not second_person.is_required()
        client.known_to = sorted({*client.known_to, *([] if user_id is None else [user_id])})
        client.save(update_fields=["client_secret", "is_approved", "known_to", "updated"])
        revoke_tokens(client)
    return secret


def revoke_tokens(client: ApiClient) -> None:
    get_access_token_model().objects.filter(application=client).delete()


def is_known_to(user_id: int, *, client_user_id: int | None) -> bool:
    """Whether the user created the client with this service identity, or has seen its secret."""
    return ApiClient.objects.filter(user=client_user_id, known_to__contains=[user_id]).exists()


def _service_identity(client: ApiClient) -> User:
    """A user that nobody can log in with."""
    name = f"client-{slugify(client.name)[:100]}-{client.client_id[:6]}"
    return User.objects.create_user(username=name, first_name=str(client.name)[:150])
