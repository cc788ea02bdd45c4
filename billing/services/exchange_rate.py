"""Exchange rates that limits are counted in. A rate decides how much a limit lets through: it takes two people."""

from django.contrib.auth.models import User
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import ExchangeRate
from billing.services.approval import find_rate
from config.kit import second_person
from config.kit.identity import changes
from config.kit.identity.changes import Line
from config.kit.identity.models import ConfigurationChange

KIND = "billing.exchangerate"


class ExchangeRateControl:
    title: str | Promise = gettext_lazy("Exchange rate")
    permission = "billing.add_exchangerate"

    def apply(self, change: ConfigurationChange, approver: User) -> None:
        ExchangeRate.objects.create(**change.payload, created_by_id=change.requested_by_id)


def enter_rate(rate: ExchangeRate, *, user_id: int | None) -> bool:
    """Save the rate, or let it wait for another person. False if it waits."""
    if not second_person.is_required():
        rate.created_by_id = user_id
        rate.save(force_insert=True)
        return True
    before = find_rate(rate.currency, rate.into)
    changes.ask(
        kind=KIND,
        object_id=None,
        name=str(rate),
        lines=[
            Line(
                label=f"1 {rate.currency} → {rate.into}",
                before="" if before is None else f"{before.normalize():f}",
                after=f"{rate.rate.normalize():f}",
            ),
            Line(label=_("Valid from"), before="", after=rate.valid_from.isoformat()),
        ],
        payload={
            "currency": rate.currency,
            "into": rate.into,
            "rate": str(rate.rate),
            "valid_from": rate.valid_from.isoformat(),
        },
        user_id=user_id,
    )
    return False
