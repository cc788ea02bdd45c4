"""The access log."""

from collections.abc import Iterable
from dataclasses import dataclass

from config.kit.audit import log as audit
from config.kit.audit import models as audit_models
from config.kit.lib.request_id import request_id
from vault.models import AccessLog, Action, ApiKey, Merchant


@dataclass(frozen=True)
class Actor:
    """A merchant's program (`key`), a user of the back office (`user_id`), or the system."""

    merchant: Merchant | None = None
    key: ApiKey | None = None
    user_id: int | None = None
    address: str | None = None


def log_access(
    actor: Actor,
    action: Action,
    *,
    cards: Iterable[int] = (),
    error_code: int = 0,
    detail: str = "",
    merchant_id: int | None = None,
) -> None:
    """Add an entry, in the transaction of the access. `merchant_id` names the merchant if the actor is not one.

    The audit log gets one, too.
    """
    cards = list(cards)
    told = {
        "merchant": actor.merchant.pk if actor.merchant else merchant_id,
        "cards": cards,
        "detail": detail,
    }
    program = audit.Actor(audit_models.ActorKind.SERVICE, str(actor.merchant), None, actor.address)
    audit.record(
        audit_models.Action.CARD_SEEN,
        name=str(action.value),
        after={**told, "error_code": error_code},
        actor=program if actor.merchant else None,
        user_id=actor.user_id,
    )
    AccessLog.objects.create(
        merchant_id=actor.merchant.pk if actor.merchant else merchant_id,
        key=actor.key,
        user_id=actor.user_id,
        action=action,
        error_code=error_code,
        card_ids=cards,
        detail=detail,
        address=actor.address,
        request_id=request_id.get() or "",
    )
