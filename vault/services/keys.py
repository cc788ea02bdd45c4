"""API keys of merchants: issuing, checking, rotating, revoking."""

import hashlib
import secrets
import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from config.kit.limits import checked_networks, ends_earlier, may_come_from
from config.kit.services import Service
from vault.models import ApiKey, KeyStatus, Merchant

KEY_LENGTH = 43
"""Letters and digits: 256 bits, 47 of them in the visible prefix."""
SEEN_EVERY = timedelta(minutes=1)
"""Precision of "last used". A write per request would make the key's row a bottleneck."""

_ALPHABET = string.ascii_letters + string.digits
_PRIVATE, _CLIENT = ApiKey._meta.get_field("private_hash"), ApiKey._meta.get_field("client_hash")


@dataclass(frozen=True)
class IssuedKey:
    """A new pair in clear, to be shown once."""

    key: ApiKey
    private: str
    client: str


class ApiKeyService(Service[ApiKey]):
    model = ApiKey
    # Neither hashes, which a key rotation may have replaced meanwhile, nor the last use.
    written_fields = frozenset(
        {"allowed_addresses", "expires_at", "revoked_at", "is_approved", "modified_date"}
    )
    controlled_fields = ("allowed_addresses", "expires_at")

    def loosened(self, instance: ApiKey, stored: ApiKey | None) -> list[str]:
        """An earlier end needs nobody else."""
        names = super().loosened(instance, stored)
        if stored is not None and ends_earlier(instance.expires_at, stored.expires_at):
            names = [name for name in names if name != "expires_at"]
        return names

    def issue(
        self,
        *,
        merchant: Merchant,
        allowed_addresses: list[str] | None = None,
        expires_at: datetime | None = None,
    ) -> IssuedKey:
        """Raises InvalidValueError for an invalid address."""
        key = ApiKey(merchant=merchant, allowed_addresses=allowed_addresses or [], expires_at=expires_at)
        return self.fill(key)

    def fill(self, key: ApiKey) -> IssuedKey:
        """Generate the keys of an unsaved row and save it."""
        private, client = _new_secret(), _new_secret()
        key.prefix = private[: ApiKey.PREFIX_LENGTH]
        key.sealed = {"private": _digest(private), "client": _digest(client)}
        return IssuedKey(self.save(key), private, client)

    def rotate(self, key: ApiKey, *, overlap: timedelta) -> IssuedKey:
        """A new pair with the same addresses. `key` expires after `overlap`, or at its own expiry if that is sooner."""
        with transaction.atomic():
            issued = self.issue(merchant=key.merchant, allowed_addresses=key.allowed_addresses)
            end = timezone.now() + overlap
            self.update(key, expires_at=min(end, key.expires_at) if key.expires_at else end)
        return issued

    def revoke(self, key: ApiKey) -> None:
        """The pair is refused from now on."""
        if key.revoked_at is None:
            self.update(key, revoked_at=timezone.now())

    def delete(self, instance: ApiKey) -> None:
        """Revokes: the access log refers to the row."""
        self.revoke(instance)

    def usage(self, instance: ApiKey) -> dict[str, int]:
        return {}

    def check_rules(self, instance: ApiKey, stored: ApiKey | None) -> None:
        instance.allowed_addresses = checked_networks(instance.allowed_addresses)


def find_key(private: str) -> ApiKey | None:
    """The pair with the prefix of `private`, and its merchant. It is not verified yet."""
    prefix = private[: ApiKey.PREFIX_LENGTH]
    if len(private) <= ApiKey.PREFIX_LENGTH or "\0" in private:
        return None
    return ApiKey.objects.select_related("merchant").defer("sealed").filter(prefix=prefix).first()


def is_valid_pair(key: ApiKey | None, private: str, client: str) -> bool:
    """Whether both keys match, in constant time for all wrong pairs, whether the prefix is known or not."""
    stored = (key.private_hash, key.client_hash) if key else ("", "")
    fits = [
        sum(compare_digest(hashed, candidate) for candidate in field.candidates(_digest(given))) > 0
        for hashed, field, given in zip(stored, (_PRIVATE, _CLIENT), (private, client), strict=True)
    ]
    return key is not None and all(fits)


def is_usable(key: ApiKey, address: str) -> bool:
    """Whether a verified pair may be used now and from `address`."""
    return (
        key.merchant.is_active
        and key.status == KeyStatus.ACTIVE
        and may_come_from(address, key.allowed_addresses)
    )


def mark_used(key: ApiKey, address: str) -> None:
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - SEEN_EVERY or key.last_used_address != address:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - SEEN_EVERY)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now, last_used_address=address)


def _new_secret() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(KEY_LENGTH))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
