"""A payment's timeline in the operator's language."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from billing.attempts.bookings import CAPTURED_LATE
from billing.models import LedgerKind, Operation, Payment, RefundKind, Verdict
from billing.states import PaymentState, RefundState
from billing.timeline import TimelineEntry, get_comments, get_timeline
from config.kit.lib.money import format_money
from payments.gateways.payer_texts import TEXTS
from payments.gateways.types import OrderState, Outcome, Reason

OUTCOMES = {
    Outcome.APPROVED: gettext_lazy("approved"),
    Outcome.DECLINED: gettext_lazy("declined"),
    Outcome.NEEDS_ACTION: gettext_lazy("payer action required"),
    Outcome.NOT_SENT: gettext_lazy("not sent"),
    Outcome.UNKNOWN: gettext_lazy("unknown"),
}
# TEXTS are for payers; operators see more.
REASONS = TEXTS | {
    Reason.MISCONFIGURED: gettext_noop("The bank rejected the POS. Check its settings."),
    Reason.NO_ANSWER: gettext_noop("The bank did not answer in time."),
    Reason.UNREADABLE: gettext_noop("The bank's response could not be read."),
    Reason.NOT_AUTHENTIC: gettext_noop("The signature of the bank's response is not valid."),
    Reason.MISMATCH: gettext_noop("The bank's response is for a different order, amount or currency."),
    Reason.UNEXPECTED_CODE: gettext_noop("The bank's response has an unknown code."),
    Reason.SUSPECTED_FRAUD: gettext_noop("The bank suspects fraud."),
}
OWN_REASONS = {
    CAPTURED_LATE: gettext_noop("The bank took the money after the payment had ended."),
}
"""Not the bank's, but ours."""
BANK_STATES = {
    OrderState.NOT_FOUND: gettext_lazy("not found"),
    OrderState.PENDING: gettext_lazy("pending"),
    OrderState.THREE_D_OPEN: gettext_lazy("3-D Secure not completed"),
    OrderState.AUTHORIZED: gettext_lazy("authorized"),
    OrderState.CAPTURED: gettext_lazy("captured"),
    OrderState.PARTIALLY_REFUNDED: gettext_lazy("partially refunded"),
    OrderState.REFUNDED: gettext_lazy("refunded"),
    OrderState.VOIDED: gettext_lazy("voided"),
    OrderState.DECLINED: gettext_lazy("declined"),
    OrderState.UNKNOWN: gettext_lazy("unknown"),
}
OUTCOME_TONES = {Outcome.APPROVED: "good", Outcome.DECLINED: "bad", Outcome.UNKNOWN: "doubt"}
STATE_TONES = {"captured": "good", "done": "good", "declined": "bad", "failed": "bad", "unknown": "doubt"}
VERDICT_TONES = {
    Verdict.ACCEPTED: "good",
    Verdict.REFUSED: "bad",
    Verdict.DUPLICATE: "",
    Verdict.RECEIVED: "",
}


@dataclass(frozen=True)
class Line:
    """One entry as the page shows it. `tone` is good, bad, doubt or empty (templates/admin/billing/payment.html)."""

    at: datetime
    icon: str
    title: str
    who: str
    tone: str
    facts: list[tuple[str, str]]


def reason_text(reason: str) -> str:
    """The operator's text for a gateway's reason; other reasons are texts already."""
    if reason in OWN_REASONS:
        return _(OWN_REASONS[reason])
    return _(REASONS[Reason(reason)]) if reason in list(Reason) else reason


def lines_of(payment: Payment) -> list[Line]:
    entries = sorted([*get_timeline(payment), *get_comments(payment)], key=attrgetter("at"))
    return [_line(entry, payment) for entry in entries]


def _line(entry: TimelineEntry, payment: Payment) -> Line:
    icon, title, tone = SHOWN[entry.kind](entry)
    facts = [(label, text) for label, text in _facts(entry, payment) if text]
    return Line(entry.at, icon, title, entry.who, tone, facts)


def _state(entry: TimelineEntry) -> tuple[str, str, str]:
    return "flag", str(PaymentState(entry.title).label), STATE_TONES.get(entry.title, "")


def _attempt(entry: TimelineEntry) -> tuple[str, str, str]:
    tone = OUTCOME_TONES.get(entry.details["outcome"], "")
    icon = "person_check" if entry.title == Operation.PERSON else "account_balance"
    return icon, str(Operation(entry.title).label), tone


def _callback(entry: TimelineEntry) -> tuple[str, str, str]:
    title = _("Callback: %(verdict)s") % {"verdict": Verdict(entry.title).label}
    return "inbox", title, VERDICT_TONES.get(Verdict(entry.title), "doubt")


def _refund(entry: TimelineEntry) -> tuple[str, str, str]:
    title = f"{RefundKind(entry.kind).label}: {RefundState(entry.title).label}"
    return "undo", title, STATE_TONES.get(entry.title, "")


def _ledger(entry: TimelineEntry) -> tuple[str, str, str]:
    return "menu_book", _("Booked: %(what)s") % {"what": LedgerKind(entry.title).label}, "good"


def _allocation(entry: TimelineEntry) -> tuple[str, str, str]:
    text = (
        _("Removed from bill %(number)s")
        if entry.details["amount"] < 0
        else _("Allocated to bill %(number)s")
    )
    return "receipt_long", text % {"number": entry.title}, ""


def _case(entry: TimelineEntry) -> tuple[str, str, str]:
    if entry.title == "comment":
        return "comment", _("Comment on the case"), ""
    return "support", _("Case closed") if entry.title == "closed" else _("Case opened"), "doubt"


SHOWN: dict[str, Callable[[TimelineEntry], tuple[str, str, str]]] = {
    "state": _state,
    "attempt": _attempt,
    "callback": _callback,
    "refund": _refund,
    "void": _refund,
    "ledger": _ledger,
    "allocation": _allocation,
    "case": _case,
}

LABELS: dict[str, Any] = {
    "pos": gettext_lazy("POS"),
    "amount": gettext_lazy("Amount"),
    "outcome": gettext_lazy("Outcome"),
    "reason": gettext_lazy("Reason"),
    "code": gettext_lazy("Bank code"),
    "bank_text": gettext_lazy("Bank message"),
    "finished_at": gettext_lazy("Duration"),
    "state": gettext_lazy("Status at the bank"),
    "mismatches": gettext_lazy("Mismatched fields"),
    "signature_valid": gettext_lazy("Signature valid"),
    "three_d_ok": gettext_lazy("3-D Secure authenticated"),
    "note": gettext_lazy("Note"),
    "summary": gettext_lazy("Summary"),
    "resolution": gettext_lazy("Resolution"),
}


def _facts(entry: TimelineEntry, payment: Payment) -> Iterator[tuple[str, str]]:
    for name, label in LABELS.items():
        value = entry.details.get(name)
        if value not in (None, "", []) and (name, entry.title) != ("amount", Operation.STATUS):
            yield str(label), _text(name, value, entry, payment)


def _text(name: str, value: Any, entry: TimelineEntry, payment: Payment) -> str:
    if name == "amount":
        return format_money(Decimal(value), payment.currency)
    if name == "finished_at":
        return _("%(seconds)s s") % {"seconds": f"{(value - entry.at).total_seconds():.2f}"}
    if name == "outcome":
        if entry.title == Operation.STATUS and value == Outcome.APPROVED:
            return _("answered")
        return str(OUTCOMES.get(value, _("not recorded: the process was interrupted")))
    if name == "reason":
        return reason_text(value)
    if name == "state":
        return str(BANK_STATES.get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
