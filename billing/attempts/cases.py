"""Cases: what only a person can settle, with what is known of it."""

from django.utils import timezone
from django.utils.translation import gettext as _

from billing.errors import CaseClosedError
from billing.models import Case, Payment
from config.kit.boundary import refuse_card_number_in


def open_case(payment: Payment, summary: str) -> None:
    """Does nothing if the payment already has an open case."""
    Case.objects.get_or_create(payment=payment, closed_at=None, defaults={"summary": summary})


def open_case_about(summary: str) -> None:
    """A case that is about no payment. Does nothing if one with the same summary is open."""
    Case.objects.get_or_create(payment=None, summary=summary, closed_at=None)


def close_case(case: Case, *, resolution: str, user_id: int | None) -> None:
    """Raises CaseClosedError if the case is already closed."""
    refuse_card_number_in("reason", resolution)
    changed = Case.objects.filter(pk=case.pk, closed_at=None).update(
        closed_at=timezone.now(), closed_by_id=user_id, resolution=resolution
    )
    if not changed:
        raise CaseClosedError(_("This case is already closed."))
