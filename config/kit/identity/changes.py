"""Changes that wait for a second person: asked for, withdrawn, rejected, approved and applied."""

from datetime import timedelta
from typing import Any, Protocol, TypedDict

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from config.kit.audit.log import record
from config.kit.audit.models import Action
from config.kit.identity.errors import (
    ChangeDecidedError,
    ChangeOutdatedError,
    ChangeWaitsError,
    NotYourDecisionError,
)
from config.kit.identity.models import ChangeState, ConfigurationChange
from config.kit.second_person import approved

APPROVE = "identity.approve_configurationchange"
VALID_FOR = timedelta(days=7)
_DECISIONS = {
    ChangeState.APPLIED: Action.CHANGE_APPLIED,
    ChangeState.REJECTED: Action.CHANGE_REJECTED,
    ChangeState.WITHDRAWN: Action.CHANGE_WITHDRAWN,
}


class Line(TypedDict):
    """One changed field as people read it. Secrets are masked."""

    label: str
    before: str
    after: str


class Control(Protocol):
    """What applies the changes of one kind."""

    title: str | Promise
    """What is changed: "POS"."""

    permission: str
    """Needed to ask for such a change, and to approve it."""

    def apply(self, change: ConfigurationChange, approver: User) -> None:
        """Make the change, in the caller's transaction. Raises ChangeOutdatedError, or the error of a broken rule."""


_controls: dict[str, Control] = {}


def register(kind: str, control: Control) -> None:
    """`kind` is a model's label in lower case: `payments.pos`."""
    _controls[kind] = control


def control_of(change: ConfigurationChange) -> Control:
    return _controls[change.kind]


def ask(
    *,
    kind: str,
    object_id: int | None,
    name: str,
    lines: list[Line],
    payload: Any,
    user_id: int | None,
    reason: str = "",
    base: str = "",
) -> ConfigurationChange:
    """Let a change wait for another person. `payload` is a dict of JSON values.

    A waiting change of the same object by the same person is replaced.

    Raises ChangeWaitsError if another person's change of the object waits.
    """
    if user_id is None:
        raise ValueError("Somebody has to ask for a change.")
    with transaction.atomic():
        authors = {user_id}
        if object_id is not None:
            _make_room(kind, object_id, user_id)
            authors |= _earlier_authors(kind, object_id) if "is_approved" in payload else set()
        change = ConfigurationChange.objects.create(
            kind=kind,
            object_id=object_id,
            object_name=name[:200],
            lines=lines,
            payload=payload,
            base=base,
            reason=reason,
            requested_by_id=user_id,
            authors=sorted(authors),
            expires_at=timezone.now() + VALID_FOR,
        )
        _record(Action.CHANGE_ASKED, change, reason, user_id)
    return change


def _record(action: Action, change: ConfigurationChange, reason: str, user_id: int | None) -> None:
    before = {line["label"]: line["before"] for line in change.lines}
    after = {line["label"]: line["after"] for line in change.lines}
    record(action, change, before=before, after=after, reason=reason, user_id=user_id)


def find_waiting(kind: str, object_id: int) -> ConfigurationChange | None:
    rows = ConfigurationChange.objects.waiting().select_related("requested_by")
    return rows.filter(kind=kind, object_id=object_id).first()


def can_decide(change: ConfigurationChange, user: Any) -> bool:
    return (
        change.is_waiting
        and user.is_active
        and user.pk not in change.authors
        and user.has_perms((APPROVE, control_of(change).permission))
    )


def approve(change: ConfigurationChange, user: User, note: str = "") -> None:
    """Apply the change, all of it or nothing. Raises the errors of this module, or of a rule that is broken by now."""
    try:
        with transaction.atomic():
            locked = _lock(change)
            if not can_decide(locked, user):
                raise NotYourDecisionError(_("A different user must approve this change."))
            with approved():
                control_of(locked).apply(locked, user)
            _decide(locked, ChangeState.APPLIED, user.pk, note)
    except ChangeOutdatedError:
        with transaction.atomic():
            _decide(_lock(change), ChangeState.OUTDATED, None, "")
        raise
    change.refresh_from_db()


def reject(change: ConfigurationChange, user: User, note: str = "") -> None:
    with transaction.atomic():
        locked = _lock(change)
        if not can_decide(locked, user):
            raise NotYourDecisionError(_("A different user must decide on this change."))
        _decide(locked, ChangeState.REJECTED, user.pk, note)
    change.refresh_from_db()


def withdraw(change: ConfigurationChange, user: User) -> None:
    """Only who asked for it can."""
    with transaction.atomic():
        locked = _lock(change)
        if locked.requested_by_id != user.pk:
            raise NotYourDecisionError(_("Only the user who asked for this change can withdraw it."))
        _decide(locked, ChangeState.WITHDRAWN, user.pk, "")
    change.refresh_from_db()


def _lock(change: ConfigurationChange) -> ConfigurationChange:
    """Raises ChangeDecidedError unless it still waits."""
    locked = ConfigurationChange.objects.select_for_update().get(pk=change.pk)
    if not locked.is_waiting:
        raise ChangeDecidedError(_("This change no longer waits for approval."))
    return locked


def _decide(change: ConfigurationChange, state: ChangeState, user_id: int | None, note: str) -> None:
    change.state, change.decided_by_id, change.decision_note = state, user_id, note
    change.decided_at = timezone.now()
    # What was applied is in the object's history; what was not must not be kept, secrets least of all.
    change.payload = {}
    change.save(update_fields=["state", "decided_by", "decision_note", "decided_at", "payload"])
    if state in _DECISIONS:
        _record(_DECISIONS[state], change, note, user_id)


def _make_room(kind: str, object_id: int, user_id: int) -> None:
    rows = ConfigurationChange.objects.select_for_update()
    earlier = rows.filter(kind=kind, object_id=object_id, state=ChangeState.WAITING).first()
    if earlier is None:
        return
    if not earlier.is_waiting:
        _decide(earlier, ChangeState.EXPIRED, None, "")
    elif "is_approved" in earlier.payload or earlier.requested_by_id == user_id:
        _decide(earlier, ChangeState.WITHDRAWN, user_id, "")
    else:
        raise ChangeWaitsError(
            _("A change by %(user)s is waiting for approval. Decide on it first.")
            % {"user": earlier.requested_by}
        )


def _earlier_authors(kind: str, object_id: int) -> set[int]:
    """Everybody who had a part in an object that was never approved: its pending requests replace each other."""
    rows = ConfigurationChange.objects.filter(kind=kind, object_id=object_id)
    return {author for authors in rows.values_list("authors", flat=True) for author in authors}
