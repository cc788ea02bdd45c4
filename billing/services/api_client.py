"""OAuth 2.0 clients. A secret is available in clear only when it is created."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from oauth2_provider.models import get_access_token_model

from billing.models import ApiClient
from config.kit import second_person
from config.kit.audit.log import record
from config.kit.audit.models import Action
from config.kit.identity import service_control
from config.kit.identity.models import Access
from config.kit.lib.encryption import fingerprint
from config.kit.limits import checked_networks, ends_earlier
from config.kit.services import Service
from payments.models import Channel

SEEN_EVERY = timedelta(minutes=1)
"""Precision of "last used"."""

EDITED = (
    "name", "scopes", "owner", "channels", "allowed_addresses", "expires_at", "client_secret", "is_approved",
    "former_secret", "former_secret_until", "overlap_hours", "updated",
)  # fmt: skip
"""What a save writes: not the last use, and not who knows a secret."""


class ApiClientService(Service[ApiClient]):
    model = ApiClient
    controlled_fields = ("scopes", "client_secret", "channels", "allowed_addresses", "expires_at")

    def check_rules(self, instance: ApiClient, stored: ApiClient | None) -> None:
        instance.allowed_addresses = checked_networks(instance.allowed_addresses)

    def loosened(self, instance: ApiClient, stored: ApiClient | None) -> list[str]:
        names = super().loosened(instance, stored)
        if stored is None:
            return names
        tightened = {
            "scopes": set(instance.scopes.split()) <= set(stored.scopes.split()),
            "channels": bool(instance.channels)
            and (not stored.channels or set(instance.channels) <= set(stored.channels)),
            "expires_at": ends_earlier(instance.expires_at, stored.expires_at),
        }
        return [name for name in names if not tightened.get(name, False)]

    def describe(self, instance: ApiClient) -> dict[str, str]:
        channels = Channel.objects.filter(pk__in=instance.channels).order_by("name")
        texts = {
            "name": instance.name,
            "client_id": instance.client_id,
            "scopes": instance.scopes,
            "channels": ", ".join(channels.values_list("name", flat=True)),
            "allowed_addresses": ", ".join(instance.allowed_addresses),
            "expires_at": str(instance.expires_at or ""),
            "client_secret": f"******** ({fingerprint(instance.client_secret, 'billing.client_secret')[-6:]})",
        }
        return {str(ApiClient._meta.get_field(name).verbose_name): text for name, text in texts.items()}

    def write(self, instance: ApiClient, stored: ApiClient | None) -> None:
        """Changed limits apply at once: existing tokens end, unless the former secret stays valid."""
        if instance._state.adding:
            instance.user = _service_identity(instance)
            super().write(instance, stored)
        else:
            overlaps = _keep_former_secret(instance)
            instance.save(update_fields=EDITED)
            if not overlaps:
                revoke_tokens(instance)
        _limit_identity(instance)


clients = ApiClientService()


def create_client(
    *, name: str, scopes: Sequence[str], user_id: int | None = None, **limits: Any
) -> tuple[ApiClient, str]:
    """The client and its secret, which cannot be retrieved later. `user_id` is who gets to see it; `limits` are owner,
    channels, allowed_addresses and expires_at.
    """
    secret = secrets.token_urlsafe(48)
    client = clients.create(
        name=name,
        scopes=" ".join(scopes),
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
        client_secret=secret,
        known_to=[] if user_id is None else [user_id],
        **limits,
    )
    return client, secret


def rotate_secret(client: ApiClient, *, user_id: int | None = None, overlap: timedelta = timedelta()) -> str:
    """A new secret. Whoever sees it could act as the client, so that another person must approve it.

    Without an overlap the old one and all tokens stop working now, and the client waits. With one the old one works on
    until the new one is approved, and then for `overlap`.
    """
    secret = secrets.token_urlsafe(48)
    with transaction.atomic():
        client.known_to = sorted({*client.known_to, *([] if user_id is None else [user_id])})
        client.save(update_fields=["known_to"])
        record(
            Action.CHANGED,
            client,
            after={"client_secret": "replaced", "overlap": str(overlap)},
            user_id=user_id,
        )
        if overlap:
            _replace(client, secret, overlap, user_id)
        else:
            client.client_secret = secret
            client.is_approved = not second_person.is_required()
            client.former_secret, client.former_secret_until = "", None
            client.save(update_fields=EDITED)
            revoke_tokens(client)
    return secret


def end_former_secret(client: ApiClient) -> None:
    """The tokens end, too: nobody knows with which secret they were issued."""
    with transaction.atomic():
        record(Action.KEY_ENDED, client, after={"former_secret": "ended"})
        client.former_secret, client.former_secret_until = "", None
        client.save(update_fields=EDITED)
        revoke_tokens(client)


def mark_used(client: ApiClient, address: str) -> None:
    now = timezone.now()
    if client.last_used_at is None or client.last_used_at < now - SEEN_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - SEEN_EVERY)
        ApiClient.objects.filter(stale, pk=client.pk).update(
            last_used_at=now, last_used_address=address or None
        )


def revoke_tokens(client: ApiClient) -> None:
    get_access_token_model().objects.filter(application=client).delete()


def is_known_to(user_id: int, *, client_user_id: int | None) -> bool:
    """Whether the user created the client with this service identity, or has seen its secret."""
    return ApiClient.objects.filter(user=client_user_id, known_to__contains=[user_id]).exists()


def _replace(client: ApiClient, secret: str, overlap: timedelta, user_id: int | None) -> None:
    client.client_secret = make_password(secret)
    client.overlap_hours = int(overlap.total_seconds() // 3600)
    if second_person.is_required() and client.is_approved:
        service_control.ask_for(clients, client, user_id=user_id)
        client.refresh_from_db()
    else:
        clients.save(client)


def _keep_former_secret(client: ApiClient) -> bool:
    """Whether this save replaces the secret, and the former one stays valid for a while."""
    stored = ApiClient.objects.only("client_secret").get(pk=client.pk)
    if not client.overlap_hours or stored.client_secret == client.client_secret:
        return False
    client.former_secret = stored.client_secret
    client.former_secret_until = timezone.now() + timedelta(hours=client.overlap_hours)
    client.overlap_hours = 0
    return True


def _service_identity(client: ApiClient) -> User:
    """A user that nobody can log in with."""
    name = f"client-{slugify(client.name)[:100]}-{client.client_id[:6]}"
    return User.objects.create_user(username=name, first_name=str(client.name)[:150])


def _limit_identity(client: ApiClient) -> None:
    access = Access.objects.filter(user_id=client.user_id)
    if client.channels or access.exists():
        Access.objects.update_or_create(user_id=client.user_id, defaults={"channels": client.channels})
