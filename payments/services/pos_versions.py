"""A POS goes back to an earlier version of itself: gateway, terminal, addresses and their secrets."""

from copy import copy

from django.db import transaction

from config.kit.audit.log import record
from config.kit.audit.models import Action
from config.kit.lib.seen import check_seen, seen_of
from payments.models import POS, PosVersion
from payments.pos_addresses import ADDRESS_FIELDS
from payments.services.pos_service import PosService

MOST = 50
_IDENTITY = ("gateway", "config", *ADDRESS_FIELDS)


def find_earlier(pos: POS) -> list[PosVersion]:
    """The latest first, without the present one. A version has the secrets that were last used with it: of passwords
    that were changed without anything else no earlier ciphertext is kept.
    """
    rows = PosVersion.objects.filter(pos=pos).order_by("-created_at", "-pk")[: MOST + 1]
    return [row for row in rows if not _is_present(pos, row)][:MOST]


def as_it_was(service: PosService, pos: POS, version: PosVersion) -> POS:
    """`pos` with all of `version`, not saved. Raises GatewayConfigError or UnknownGatewayError where its gateway does
    not take these settings any more.
    """
    then = copy(pos)
    for name in ("gateway", *ADDRESS_FIELDS):
        setattr(then, name, getattr(version, name))
    service.set_config(then, service.complete_config(version))
    return then


def seen_version(pos: POS, version: PosVersion) -> str:
    """What a person decides on: what the POS is now, and what it would be."""
    return seen_of(
        [getattr(pos, name) for name in _IDENTITY], pos.secrets_revision, version.pk, version.secret_config
    )


def restore(service: PosService, pos: POS, version: PosVersion, *, seen: str, reason: str = "") -> POS:
    """`reason` is kept in the audit log.

    Raises PreviewOutdatedError, what `as_it_was` raises, the errors of the service, and SecondPersonRequiredError where
    somebody else has to approve it.
    """
    with transaction.atomic():
        stored = POS.objects.select_for_update(no_key=True).get(pk=pos.pk)
        version.refresh_from_db()
        check_seen(seen, seen_version(stored, version))
        saved = service.save(as_it_was(service, stored, version))
        record(
            Action.CHANGED, saved, after={"earlier_version": version.created_at.isoformat()}, reason=reason
        )
    return saved


def _is_present(pos: POS, version: PosVersion) -> bool:
    return all(getattr(pos, name) == getattr(version, name) for name in _IDENTITY)
