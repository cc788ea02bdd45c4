"""Commission rates of all cards of a bank, changed at once by percent."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from django.db import models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit.audit.log import record_changes
from config.kit.lib.seen import check_seen, seen_of
from payments.errors import RatesRefusedError
from payments.models import Bank, Installment

PLACES = Decimal("0.0001")
"""Rates are rounded to a hundredth of a basis point."""


class RateStep(models.TextChoices):
    """What a step of 10 makes of a rate of 2 %."""

    POINTS = "points", gettext_lazy("Percentage points: +0.5 turns 2 into 2.5")
    RELATIVE = "relative", gettext_lazy("Percent of the rate: +10 turns 2 into 2.2")


@dataclass(frozen=True)
class RateChange:
    installment: Installment
    after: Decimal

    @property
    def before(self) -> Decimal:
        return self.installment.interest_rate


@dataclass(frozen=True)
class RatePlan:
    changes: Sequence[RateChange]

    @cached_property
    def seen(self) -> str:
        return seen_of([[item.installment.pk, item.before.normalize(), item.after] for item in self.changes])

    @property
    def below_zero(self) -> list[RateChange]:
        return [item for item in self.changes if item.after < 0]


def plan_rates(
    bank: Bank, *, step: str, value: Decimal, installments: int | None = None, lock: bool = False
) -> RatePlan:
    """What adding `value` (a RateStep) makes of the bank's rates, of one number of installments or of all. Rates that
    stay as they are, are left out.
    """
    rows = Installment.objects.filter(card__bank=bank).select_related("card")
    rows = rows.order_by("card__name", "card_id", "installment_count")
    if installments is not None:
        rows = rows.filter(installment_count=installments)
    if lock:
        rows = rows.select_for_update(no_key=True, of=("self",))
    found = [RateChange(row, _changed(row.interest_rate, step, value)) for row in rows]
    return RatePlan([item for item in found if item.after != item.before])


def change_rates(bank: Bank, *, step: str, value: Decimal, installments: int | None = None, seen: str) -> int:
    """How many rates were changed. All of what the plan with the fingerprint `seen` shows, in one transaction.

    Raises PreviewOutdatedError, or RatesRefusedError where a rate would be below 0.
    """
    with transaction.atomic():
        plan = plan_rates(bank, step=step, value=value, installments=installments, lock=True)
        check_seen(seen, plan.seen)
        if plan.below_zero:
            raise RatesRefusedError(_("A rate cannot be below 0."))
        if not plan.changes:
            raise RatesRefusedError(_("No rate changes."))
        for item in plan.changes:
            _check_size(item.after)
        record_changes(
            [
                (item.installment, {"interest_rate": str(item.before)}, {"interest_rate": str(item.after)})
                for item in plan.changes
            ]
        )
        now = Now()
        for item in plan.changes:
            item.installment.interest_rate = item.after
            item.installment.modified_date = now
        Installment.objects.bulk_update(
            [item.installment for item in plan.changes], ["interest_rate", "modified_date"]
        )
    return len(plan.changes)


def _changed(rate: Decimal, step: str, value: Decimal) -> Decimal:
    after = rate + value if step == RateStep.POINTS else rate * (1 + value / 100)
    return rate if after == rate else after.quantize(PLACES, ROUND_HALF_UP)


def _check_size(rate: Decimal) -> None:
    if rate >= 1000:
        raise RatesRefusedError(_("A rate must be below 1000."))
