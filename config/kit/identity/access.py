"""What the tokens of a user are good for: the contracts, channels and tenants that the user is for."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet

from config.kit.identity.models import Access, Contract

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Reach:
    """Ids; None: all."""

    channels: frozenset[int] | None = None
    tenants: frozenset[int] | None = None

    def has_channel(self, channel_id: int) -> bool:
        return self.channels is None or channel_id in self.channels

    def has_tenant(self, tenant_id: int) -> bool:
        return self.tenants is None or tenant_id in self.tenants

    def limit(self, rows: QuerySet[M]) -> QuerySet[M]:
        """The rows within reach. `channel_path` and `tenant_path` of a model lead there; by default `channel`."""
        path = channel_path(rows.model)
        if self.channels is not None and path:
            rows = rows.filter(**{f"{path}__in": self.channels})
        tenant_path = getattr(rows.model, "tenant_path", "")
        if self.tenants is not None and tenant_path:
            rows = rows.filter(**{f"{tenant_path}__in": self.tenants})
        return rows


EVERYTHING = Reach()


def channel_path(model: type[Model]) -> str:
    """Empty for what belongs to no channel."""
    names = {field.name for field in model._meta.concrete_fields}
    return str(getattr(model, "channel_path", "channel" if "channel" in names else ""))


def access_of(user: Any) -> Access | None:
    """None for a user without limits. No query where the user was read with `select_related("access")`."""
    try:
        return user.access
    except (ObjectDoesNotExist, AttributeError):
        return None


def reach_of(user: AbstractBaseUser | AnonymousUser | None) -> Reach:
    if user is None or getattr(user, "is_superuser", False):
        return EVERYTHING
    return _reach(access_of(user))


def reach_of_id(user_id: int | None) -> Reach:
    """Like `reach_of`, where only the id is known."""
    if user_id is None:
        return EVERYTHING
    return _reach(Access.objects.filter(user_id=user_id, user__is_superuser=False).first())


def contracts_of(user: Any, *, login: Contract | None = None) -> frozenset[str]:
    """The contracts that the user's tokens may call.

    Those that are assigned; else all of them for people of the desk, and for programs only the contract where they
    have logged in.
    """
    access = access_of(user)
    if access is not None and access.contracts:
        return frozenset(access.contracts)
    if user.is_superuser or user.is_staff:
        return frozenset(Contract.values)
    return frozenset([login] if login else [])


def _reach(access: Access | None) -> Reach:
    if access is None:
        return EVERYTHING
    return Reach(frozenset(access.channels) or None, frozenset(access.tenants) or None)
