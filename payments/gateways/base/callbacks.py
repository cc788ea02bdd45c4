"""What the 3-D callbacks of all gateways have in common: mdStatus, hash comparison, the three checks."""

import hmac
from collections.abc import Callable, Mapping
from typing import Any

from payments.gateways.types import CallbackResult, Outcome, Reason, ThreeDProof
from payments.gateways.wire.forms import TURKISH

HALF_SECURE = frozenset({"2", "3", "4"})
"""mdStatus of a payer who was not challenged: card not enrolled, issuer not enrolled, attempt."""

MD_REFUSALS = HALF_SECURE | {"0", "5", "6", "7", "8", "9"}
"""mdStatus of a failed authentication; 2 to 4 where the POS does not accept them."""


def three_d_policy(md_status: str | None, accept_half_secure: bool) -> bool:
    """Whether an mdStatus counts as authenticated: 1 always, 2 to 4 where the POS accepts them."""
    return md_status == "1" or (accept_half_secure and md_status in HALF_SECURE)


def filled(fields: Mapping[str, str | None]) -> dict[str, str]:
    """The stripped fields without empty ones."""
    return {name: value.strip() for name, value in fields.items() if value and value.strip()}


def hash_matches(received: str, make: Callable[[str], str]) -> bool:
    """Whether `received` is the hash that `make(charset)` computes, in UTF-8 or ISO-8859-9. Never raises.

    Banks hash the bytes of their page's charset, which the message does not name reliably.
    """
    for charset in ("utf-8", TURKISH):
        try:
            if hmac.compare_digest(received, make(charset)):
                return True
        except (UnicodeEncodeError, TypeError):  # not in this charset; a hash that is not ASCII
            continue
    return False


def callback_result(
    values: Mapping[str, str],
    *,
    authentic: bool,
    md_status: str | None,
    accept_half_secure: bool,
    may_complete: bool,
    approved: bool = False,
    refused: bool | None = None,
    verdict: tuple[Outcome, Reason] = (Outcome.UNKNOWN, Reason.UNEXPECTED_CODE),
    **details: Any,
) -> CallbackResult:
    """The three checks of a callback.

    `may_complete`: apart from signature and mdStatus, the message asks for a completion. `approved`: it says that
    money was taken. `refused`: it says no; left out, everything that cannot be completed is a refusal, as no money
    moves before the completion. The values of `details` go into the result.
    """
    three_d_ok = three_d_policy(md_status, accept_half_secure)
    may_complete = authentic and three_d_ok and may_complete
    return CallbackResult(
        outcome=verdict[0],
        reason=verdict[1],
        signature_valid=authentic,
        three_d_ok=three_d_ok,
        payment_approved=None if may_complete else approved,
        provision_required=may_complete,
        refused=not may_complete if refused is None else refused,
        md_status=md_status,
        fields=values,
        **details,
    )


def proof_of(values: Mapping[str, str]) -> ThreeDProof:
    """The proof under the names that the banks share."""
    return ThreeDProof(**{name: values.get(name, "") for name in ("md", "xid", "eci", "cavv")})


def missing_proof(result: CallbackResult) -> tuple[str, ...]:
    """A completion needs an md."""
    return ("md",) if result.provision_required and not result.proof.md else ()


def judge(result: CallbackResult) -> dict[str, Any]:
    """Outcome, reason and provision_required of a callback, from its three checks and its differences."""
    unknown: dict[str, Any] = {"outcome": Outcome.UNKNOWN, "provision_required": False}
    if not result.signature_valid:
        return {**unknown, "reason": Reason.NOT_AUTHENTIC}
    if result.mismatches:
        return {**unknown, "reason": Reason.MISMATCH, "payment_approved": False}
    if result.refusal_is_unsigned:
        return {**unknown, "reason": Reason.THREE_D_FAILED}
    if result.payment_approved and result.three_d_ok:
        return {"outcome": Outcome.APPROVED, "reason": Reason.NONE}
    if result.payment_approved:  # taken by the bank although this POS does not accept the mdStatus
        return {**unknown, "reason": Reason.THREE_D_FAILED}
    if result.provision_required:
        return {"outcome": Outcome.NEEDS_ACTION, "reason": Reason.NONE}
    if not result.refused:
        return {**unknown, "reason": Reason.UNEXPECTED_CODE}
    if not result.three_d_ok:
        return {"outcome": Outcome.DECLINED, "reason": Reason.THREE_D_FAILED}
    return {"outcome": result.outcome, "reason": result.reason}
