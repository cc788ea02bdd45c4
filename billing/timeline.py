"""The timeline of a payment, for the admin and the native API."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model

from billing.models import CaseComment, Payment
from billing.models.attempt import TRACE


@dataclass(frozen=True)
class TimelineEntry:
    """One event of a payment. `who` is a user name or a command; empty for the system."""

    at: datetime
    kind: str
    title: str
    who: str = ""
    details: dict[str, Any] = field(default_factory=dict)


def get_timeline(payment: Payment) -> list[TimelineEntry]:
    """All attempts, callbacks, state changes, refunds, bookings and cases, oldest first."""
    entries = [
        *_state_changes(payment),
        *_attempts(payment),
        *_callbacks(payment),
        *_refunds(payment),
        *_bookings(payment),
        *_cases(payment),
    ]
    return sorted(entries, key=lambda entry: entry.at)


def _state_changes(payment: Payment) -> list[TimelineEntry]:
    events = apps.get_model("billing", "PaymentEvent").objects.filter(pgh_obj_id=payment.pk)
    rows = events.order_by("pgh_id").values_list("pgh_created_at", "state", "reason", "pgh_context__metadata")
    names = _user_names(metadata for *_, metadata in rows)
    changes, before = [], None
    for at, state, reason, metadata in rows:
        if state != before:
            who = _who(metadata, names)
            changes.append(TimelineEntry(at, "state", state, who, {"from": before, "reason": reason}))
        before = state
    return changes


def _attempts(payment: Payment) -> list[TimelineEntry]:
    return [
        TimelineEntry(
            attempt.started_at,
            "attempt",
            attempt.operation,
            attempt.requested_by.get_username() if attempt.requested_by else "",
            {
                "outcome": attempt.outcome or "no answer written",
                "pos": attempt.pos.name if attempt.pos else "",
                "finished_at": attempt.finished_at,
                "amount": attempt.amount,
                "reason": attempt.reason,
                "code": attempt.raw_code,
                "bank_text": attempt.bank_text,
                **{name: value for name, value in attempt.details.items() if name != TRACE},
            },
        )
        for attempt in payment.attempts.select_related("requested_by", "pos")
    ]


def _callbacks(payment: Payment) -> list[TimelineEntry]:
    return [
        TimelineEntry(item.received_at, "callback", item.verdict, details={"note": item.note})
        for item in payment.callbacks.all()
    ]


def _refunds(payment: Payment) -> list[TimelineEntry]:
    """Each state change of each refund."""
    refunds = payment.refunds.in_bulk()
    events = apps.get_model("billing", "RefundEvent").objects.filter(pgh_obj_id__in=list(refunds))
    rows = events.order_by("pgh_id").values_list(
        "pgh_created_at", "pgh_obj_id", "state", "decision_note", "pgh_context__metadata"
    )
    names = _user_names(metadata for *_, metadata in rows)
    changes: list[TimelineEntry] = []
    before: dict[int, str] = {}
    for at, key, state, note, metadata in rows:
        refund, is_first = refunds[key], key not in before
        if state != before.get(key):
            details = {
                "refund": key,
                "amount": refund.amount,
                "note": note or (refund.reason if is_first else ""),
            }
            changes.append(TimelineEntry(at, refund.kind, state, _who(metadata, names), details))
        before[key] = state
    return changes


def _bookings(payment: Payment) -> list[TimelineEntry]:
    ledger = [
        TimelineEntry(entry.created_at, "ledger", entry.kind, details={"amount": entry.amount})
        for entry in payment.ledger.all()
    ]
    allocations = [
        TimelineEntry(
            part.created_at,
            "allocation",
            str(part.bill),
            part.created_by.get_username() if part.created_by else "",
            {"amount": part.amount, "note": part.reason},
        )
        for part in payment.allocations.select_related("bill", "created_by")
    ]
    return ledger + allocations


def _cases(payment: Payment) -> list[TimelineEntry]:
    entries = []
    for case in payment.cases.select_related("closed_by"):
        entries.append(TimelineEntry(case.opened_at, "case", "opened", details={"summary": case.summary}))
        if case.closed_at:
            who = case.closed_by.get_username() if case.closed_by else ""
            details = {"resolution": case.resolution}
            entries.append(TimelineEntry(case.closed_at, "case", "closed", who, details))
    return entries


def get_comments(payment: Payment) -> list[TimelineEntry]:
    """What people wrote to each other about the payment's cases: on the desk's timeline, and in no API."""
    rows = CaseComment.objects.filter(case__payment=payment).select_related("author")
    return [
        TimelineEntry(row.written_at, "case", "comment", row.author.get_username(), {"note": row.text})
        for row in rows
    ]


def _user_names(contexts: Any) -> dict[int, str]:
    users = get_user_model()
    keys = {metadata["user"] for metadata in contexts if metadata and metadata.get("user")}
    return dict(users._default_manager.filter(pk__in=keys).values_list("pk", users.USERNAME_FIELD))


def _who(metadata: dict[str, Any] | None, names: dict[int, str]) -> str:
    if not metadata:
        return ""
    return names.get(metadata.get("user") or 0, "") or str(metadata.get("command", ""))
