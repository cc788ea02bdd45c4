"""Who asks, and the trace of what was done."""

from collections.abc import Iterable
from dataclasses import dataclass

from config.kit.lib.request_id import request_id
from vault.models import AccessLog, Action, ApiKey, Merchant


@dataclass(frozen=True)
class Caller:
    """A merchant's program, a person of the back office, or (neither key nor user) the house itself."""

    merchant: Merchant | None = None
    key: ApiKey | None = None
    user_id: int | None = None
    address: str | None = None


def record(
    caller: Caller,
    action: Action,
    *,
    cards: Iterable[int] = (),
    error_code: int = 0,
    detail: str = "",
    merchant_id: int | None = None,
) -> None:
    """Write one line of the access log, in the transaction of what it tells of. `merchant_id`: where the caller is
    nobody's program."""
    AccessLog.objects.create(
        merchant_id=caller.merchant.pk if caller.merchant else merchant_id,
        key=caller.key,
        user_id=caller.user_id,
        action=action,
        error_code=error_code,
        card_ids=list(cards),
        detail=detail,
        address=caller.address,
        request_id=request_id.get() or "",
    )
