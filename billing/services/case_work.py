"""Working on cases: who has one, until when, what was found out, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing.errors import CaseClosedError, CaseTakenError
from billing.models import Case, CaseComment, Payment
from billing.states import PaymentState
from config.kit.audit.log import record, values_of
from config.kit.audit.models import Action
from config.kit.boundary import refuse_card_number_in

CHANGE = "billing.change_case"


@dataclass(frozen=True)
class NextStep:
    """In the reader's language: what to do, and what a customer who calls may be told."""

    do: str
    tell: str


def possible_owners() -> QuerySet[User]:
    found = User.objects.with_perm(CHANGE, backend="django.contrib.auth.backends.ModelBackend")
    return found.filter(is_staff=True).order_by("username")


def assign(case: Case, *, owner: User | None, due_on: date | None, seen_owner: int | None) -> None:
    """Raises CaseClosedError, or CaseTakenError where the owner is not `seen_owner` any more."""
    with transaction.atomic():
        stored = _open(case)
        if stored.owner_id != seen_owner:
            name = stored.owner.get_username() if stored.owner else _("nobody")
            raise CaseTakenError(_("This case now belongs to %(name)s.") % {"name": name})
        before = values_of(stored, [Case._meta.get_field(name) for name in ("owner", "due_on")])
        stored.owner, stored.due_on = owner, due_on
        stored.save(update_fields=["owner", "due_on"])
        after = values_of(stored, [Case._meta.get_field(name) for name in ("owner", "due_on")])
        record(Action.CHANGED, stored, before=before, after=after)
    case.refresh_from_db()


def comment(case: Case, *, text: str, author_id: int) -> CaseComment:
    """Raises CaseClosedError, or InvalidValueError for a card number."""
    refuse_card_number_in("text", text)
    with transaction.atomic():
        written = CaseComment.objects.create(case=_open(case), author_id=author_id, text=text)
        # The text may be about a person, and nothing can be erased from the log.
        record(Action.CREATED, written, name=str(case), after={"case": case.pk})
    return written


def _open(case: Case) -> Case:
    stored = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if stored.closed_at is not None:
        raise CaseClosedError(_("This case is already closed."))
    return stored


def next_step(payment: Payment | None) -> NextStep:
    """By what is known of the payment now."""
    if payment is None:
        return NextStep(_("Read the summary, and close the case when it is done."), "")
    steps: Sequence[tuple[tuple[PaymentState, ...], NextStep]] = _steps(payment)
    return next(step for states, step in steps if payment.state in states)


def _steps(payment: Payment) -> list[tuple[tuple[PaymentState, ...], NextStep]]:
    """While a case is open nobody knows that no money moved, whatever the state says: nobody is told to pay again."""
    state = PaymentState
    checking = _(
        "We are checking with your bank whether the payment was taken. Please do not pay again. If it was "
        "taken and the bill stays unpaid, you get the money back."
    )
    return [
        (
            (state.CREATED, state.PROCESSING, state.UNKNOWN),
            NextStep(
                _(
                    "Ask the bank. If it does not know, look for the payment in its portal and settle manually."
                ),
                checking,
            ),
        ),
        ((state.PENDING_3D,), NextStep(_("Wait for the payer, or ask the bank."), checking)),
        (
            (state.DECLINED, state.FAILED),
            NextStep(_("Compare with the bank's statement, and close the case if no money moved."), checking),
        ),
        (
            (state.REFUNDED, state.VOIDED),
            NextStep(
                _("Close the case."),
                _("The money was given back. If you paid by card, your bank shows it within a few days."),
            ),
        ),
        ((state.CAPTURED, state.PARTIALLY_REFUNDED), _captured(payment)),
    ]


def _captured(payment: Payment) -> NextStep:
    if payment.unallocated_amount > 0:
        return NextStep(
            _("Allocate the money to a bill, or refund it."),
            _("Your payment has arrived. We assign it to your bill, or send it back."),
        )
    return NextStep(
        _("Check the amount against the bank's answer, and close the case."),
        _("Your payment has arrived. We are checking its amount."),
    )
