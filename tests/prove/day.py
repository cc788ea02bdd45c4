"""The bank's day, which lasts seconds here, and the calm at the end of a run."""

import time
from collections.abc import Callable

from django.db import DatabaseError, connection
from django.db.models.functions import Now

from billing.models import Callback, Delivery, DeliveryState, EventSubscription, Payment, Refund, Verdict
from billing.states import OPEN_REFUND_STATES, OPEN_STATES, RefundState
from tests.prove.crowd import Crowd
from tests.prove.faults import orders_booked_otherwise
from tests.prove.invariants import jobs
from tests.prove.world import World
from tests.support.bank.client import BankProcess

CALM_SECONDS = 300


def end_day(bank: BankProcess) -> None:
    """The bank closes its day, and what waits for that is sent. BANK_DAY_END comes once a day, so time is moved."""
    bank.settle()
    try:
        Refund.objects.filter(state=RefundState.SCHEDULED).update(send_after=Now())
    except DatabaseError:  # it is being started again
        return
    finally:
        connection.close()


def calm_down(world: World, crowd: Crowd) -> None:
    """The bank is well again: let clerks decide, the day end and the workers finish. Returns at the latest in time."""
    world.bank.control("faults", method="DELETE")
    world.tend()
    _release_claims_of_the_dead()
    deadline = time.monotonic() + CALM_SECONDS
    while time.monotonic() < deadline and is_busy():
        for clerk in crowd.clerks:
            clerk.decide_all()
        end_day(world.bank)
        world.tend()
        time.sleep(1)
    crowd.clerks[0].ask_about(orders_booked_otherwise(world.bank.control("calls", method="GET")))


def is_busy() -> bool:
    """Whether anything is unknown without a case, due, waiting, or on its way to a listener."""
    waiting: tuple[Callable[[], bool], ...] = (
        Payment.objects.filter(state__in=OPEN_STATES, cases=None).exists,
        Refund.objects.filter(state__in=OPEN_REFUND_STATES, payment__cases=None).exists,
        # what ended without the bank's word is queried again for some time
        Payment.objects.filter(next_check_at__isnull=False, cases=None).exists,
        Callback.objects.filter(verdict=Verdict.RECEIVED).exists,
        Delivery.objects.filter(state=DeliveryState.WAITING).exists,
        jobs.is_busy,
    )
    return any(asks() for asks in waiting)


def _release_claims_of_the_dead() -> None:
    """A killed worker's claim of a listener ends by itself after minutes. Should somebody live still hold it, an event
    is heard twice, which is allowed.
    """
    EventSubscription.objects.update(claimed_until=None)
