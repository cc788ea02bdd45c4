"""What people decide about lines and differences; each of it stands in the audit log."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.errors import SecondPersonError
from billing.models import ClosedDay, Difference, LedgerEntry, StatementLine, StatementMatch
from billing.services.approval import may_approve
from billing.statements.lines import lock_bank
from config.kit.audit.log import record
from config.kit.audit.models import Action
from config.kit.boundary import refuse_card_number_in
from config.kit.lib.errors import RuleError


class MatchError(RuleError):
    code = "statement_100_2"


class DifferenceClosedError(RuleError):
    code = "statement_100_3"


def match_by_hand(
    line: StatementLine, entry: LedgerEntry, *, reason: str, user_id: int | None
) -> StatementMatch:
    """Raises MatchError for another currency, a booking of another kind, a pair that is matched already, and lines of
    a closed day.
    """
    refuse_card_number_in("reason", reason)
    is_refund = entry.refund_id is not None
    if line.currency != entry.currency or (line.kind == "refund") is not is_refund:
        raise MatchError(_("The line and the booking are of another kind or currency."))
    try:
        with transaction.atomic():
            _refuse_closed_day(line)
            match = StatementMatch.objects.create(
                line=line, entry=entry, matched_by_id=user_id, reason=reason
            )
            record(Action.CREATED, match, after={"line": line.pk, "entry": entry.pk}, reason=reason)
    except IntegrityError:
        raise MatchError(_("They are matched already.")) from None
    return match


def end_match(match: StatementMatch, *, reason: str, user_id: int | None) -> None:
    """No rule makes the pair again. Raises MatchError where it has ended already, or the line's day is closed."""
    refuse_card_number_in("reason", reason)
    with transaction.atomic():
        _refuse_closed_day(match.line)
        changed = StatementMatch.objects.filter(pk=match.pk, ended_at=None).update(
            ended_at=timezone.now(), ended_by_id=user_id, end_reason=reason
        )
        if not changed:
            raise MatchError(_("This match has ended already."))
        record(Action.CHANGED, match, after={"ended": True}, reason=reason)


def _refuse_closed_day(line: StatementLine) -> None:
    """In the caller's transaction, in which nobody closes it."""
    lock_bank(line.bank_id)
    if ClosedDay.objects.filter(pos=line.pos_id, day=line.sold_on).exists():
        raise MatchError(_("The day of this line is closed."))


def assign(
    difference: Difference, *, owner_id: int | None, due_on: date, comment: str, user_id: int | None
) -> None:
    """Raises DifferenceClosedError."""
    refuse_card_number_in("comment", comment)
    _change(difference, Action.CHANGED, comment, user_id, owner_id=owner_id, due_on=due_on, comment=comment)


def close_difference(difference: Difference, *, resolution: str, user_id: int | None) -> None:
    """It is settled with the bank, or was none. Nothing is lost: for money that is given up see `ask_write_off`."""
    refuse_card_number_in("reason", resolution)
    _change(
        difference,
        Action.CHANGED,
        resolution,
        user_id,
        closed_at=timezone.now(),
        closed_by_id=user_id,
        resolution=resolution,
    )


def ask_write_off(difference: Difference, *, reason: str, user_id: int | None) -> None:
    """Another person has to agree (`write_off`)."""
    refuse_card_number_in("reason", reason)
    _change(difference, Action.CHANGED, reason, user_id, write_off_asked_by_id=user_id, resolution=reason)


def write_off(difference: Difference, *, note: str, user_id: int | None) -> None:
    """The money is given up. Raises SecondPersonError for whoever asked for it."""
    refuse_card_number_in("reason", note)
    asked_by = difference.write_off_asked_by_id
    if asked_by is None or not may_approve(user_id, requested_by_id=asked_by):
        raise SecondPersonError(_("A different user must approve this write-off."))
    _change(
        difference,
        Action.MONEY_APPROVED,
        note,
        user_id,
        closed_at=timezone.now(),
        closed_by_id=user_id,
        is_written_off=True,
    )


def _change(
    difference: Difference, action: Action, reason: str, user_id: int | None, **fields: object
) -> None:
    with transaction.atomic():
        changed = Difference.objects.filter(pk=difference.pk, closed_at=None).update(**fields)
        if not changed:
            raise DifferenceClosedError(_("This difference is already closed."))
        told = {name: str(value) for name, value in fields.items()}
        record(action, difference, after=told, reason=reason, user_id=user_id)
    difference.refresh_from_db()
