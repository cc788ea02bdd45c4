"""Deliveries: in order for each listener, concurrently for different listeners.

A listener is served for a turn of a few seconds, then the next one: slow listeners take nobody's place for longer.
Events of one object arrive in their order: while one is not taken, the later ones of that object wait.

Delivery is at least once: if the result of a delivery cannot be saved, it is sent again with the same eventId. A
listener that is unreachable or refuses three times in a row is paused, for longer each time.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import httpx
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.utils import timezone

from billing.hub import shaping, subscriptions
from billing.hub.shaping import Message
from billing.hub.signing import SIGNATURE_HEADER, sign
from billing.hub.subscriptions import BATCH, REFUSALS_BEFORE_PAUSE, TURN_SECONDS
from billing.models import Delivery, DeliveryState, EventSubscription, PaymentAttempt
from billing.models.attempt import TRACE
from config.kit.lib import http, tracing
from config.kit.lib.measures import HUB_POSTS

P = ParamSpec("P")
T = TypeVar("T")

MAX_RESPONSE_BYTES = 65_536
SLOW_PAUSE = 15
"""Seconds that a listener waits which was posted to fewer than FEWEST times in its turn."""
FEWEST = 3
NUMBER_HEADER = "X-Hub-Event-Number"
"""Grows with each event of one object, so that a listener knows an old one that is sent again."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class DueDelivery:
    """A delivery and what is posted for it."""

    key: int
    attempts: int
    message: Message
    number: int
    subject: tuple[int | None, int | None]
    """Keys of payment and payment method."""
    cause: str = ""
    """The trace in which the payment was changed."""


@dataclass(frozen=True)
class Result:
    """A listener's response. `status` is None if there was none; `error` says why."""

    status: int | None
    error: str = ""

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def in_thread(function: Callable[P, T]) -> Callable[P, Any]:
    """Awaitable from the event loop; the thread's connection goes back to the pool."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        finally:
            if not connection.in_atomic_block:
                connection.close()

    return sync_to_async(run, thread_sensitive=False)


async def deliver(subscription_id: int) -> int | None:
    """Post the deliveries of one listener that are due, for one turn. Seconds until it is due again, None if nothing
    waits.
    """
    subscription = await in_thread(subscriptions.claim)(subscription_id)
    if subscription is None:
        return None
    turn = Turn()
    try:
        public_only = not settings.HUB_ALLOW_PRIVATE_CALLBACKS
        async with http.async_client(timeout=settings.HUB_TIMEOUT_SECONDS, public_only=public_only) as client:
            while not turn.is_over and (due := await in_thread(load_due)(subscription)):
                await _post_all(client, subscription, due, turn)
    finally:
        next_due = await in_thread(subscriptions.release)(subscription.pk)
    if turn.pause is not None:
        return turn.pause
    return max(next_due, SLOW_PAUSE) if next_due is not None and turn.was_slow else next_due


class Turn:
    """How long a listener is served, and what ends it."""

    def __init__(self) -> None:
        self._end = time.monotonic() + TURN_SECONDS
        self.done = self.posted = self.refused = 0
        self.pause: int | None = None
        """Seconds, once the listener is unreachable or keeps refusing."""
        self.is_unregistered = False

    @property
    def is_over(self) -> bool:
        """Never before one event is done: there is no turn without progress."""
        is_late = self.done > 0 and time.monotonic() >= self._end
        return self.is_unregistered or self.pause is not None or is_late

    @property
    def was_slow(self) -> bool:
        return time.monotonic() >= self._end and self.posted < FEWEST


async def _post_all(
    client: httpx.AsyncClient, subscription: EventSubscription, due: list[DueDelivery], turn: Turn
) -> None:
    not_taken = set()
    for delivery in due:
        if turn.is_over:
            return
        if delivery.message.body is None:
            await in_thread(skip)(delivery.key)
            turn.done += 1
            continue
        if delivery.subject in not_taken:
            continue
        with tracing.span(
            "event", cause=delivery.cause, listener=subscription.pk, event=delivery.number
        ) as span:
            result = await post(client, subscription, delivery)
            tracing.add(span, status=result.status or 0)
        outcome = "taken" if result.is_success else "refused" if result.status else "unreachable"
        HUB_POSTS.labels(str(subscription.pk), outcome).inc()
        turn.posted += 1
        turn.done += 1
        if result.is_success:
            turn.refused = 0
            turn.is_unregistered = not await in_thread(save_success)(subscription.pk, delivery, result)
            continue
        not_taken.add(delivery.subject)
        turn.refused += 1
        pause = await in_thread(save_failure)(subscription.pk, delivery, result)
        if result.status is None or turn.refused == REFUSALS_BEFORE_PAUSE:
            turn.pause = pause


async def post(client: httpx.AsyncClient, subscription: EventSubscription, delivery: DueDelivery) -> Result:
    """One POST. Request and response together have HUB_TIMEOUT_SECONDS; a redirect is a refusal."""
    body = delivery.message.body or b""
    headers = {
        "Content-Type": "application/json;charset=utf-8",
        SIGNATURE_HEADER: sign(body, subscription.secret),
        NUMBER_HEADER: str(delivery.number),
    }
    try:
        async with (
            asyncio.timeout(settings.HUB_TIMEOUT_SECONDS),
            client.stream("POST", subscription.callback, content=body, headers=headers) as response,
        ):
            read = 0
            async for chunk in response.aiter_raw():  # read to the end, so that the connection can be reused
                read += len(chunk)
                if read > MAX_RESPONSE_BYTES:
                    break
        return Result(response.status_code, "" if response.is_success else f"answered {response.status_code}")
    except TimeoutError:
        return Result(None, "took too long")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Result(None, (str(error) or type(error).__name__)[:200])


# --- database access, in a thread -----------------------------------------------------------------------------


def load_due(subscription: EventSubscription) -> list[DueDelivery]:
    """The next deliveries that are due, in the order of their events, with their messages. None of an object of which
    an earlier event still waits for its next attempt, and none once the listener is unregistered.
    """
    if not subscriptions.extend_claim(subscription.pk):
        return []
    due = subscriptions.due_in_order(subscription.pk).select_related("event")
    rows = list(due.order_by("event")[:BATCH])
    causes = _causes(rows) if tracing.is_on() else {}
    return [
        DueDelivery(
            row.pk,
            row.attempts,
            message,
            row.event_id,
            (row.event.payment_id, row.event.payment_method_id),
            causes.get(row.event_id, ""),
        )
        for row, message in _shaped(subscription, rows)
    ]


def _causes(rows: list[Delivery]) -> dict[int, str]:
    """By event: the trace of the payment's last attempt before it."""
    causes = {}
    for event in {row.event_id: row.event for row in rows}.values():
        before = PaymentAttempt.objects.filter(payment=event.payment_id, started_at__lte=event.occurred_at)
        details = before.order_by("-pk").values_list("details", flat=True).first() or {}
        causes[event.pk] = str(details.get(TRACE, ""))
    return causes


def _shaped(subscription: EventSubscription, rows: list[Delivery]) -> list[tuple[Delivery, Message]]:
    """One event that cannot be written does not stop the others: its delivery fails for good, and can be sent again."""
    try:
        return list(zip(rows, shaping.shape(subscription, [row.event for row in rows]), strict=True))
    except Exception:
        if len(rows) > 1:
            return [pair for row in rows for pair in _shaped(subscription, [row])]
        logger.exception("Event %s cannot be written", rows[0].event_id)
        give_up(rows[0].pk, "The event could not be written.")
        return []


def give_up(key: int, error: str) -> None:
    Delivery.objects.filter(pk=key, state=DeliveryState.WAITING).update(
        state=DeliveryState.DEAD, next_attempt_at=None, finished_at=timezone.now(), last_error=error
    )


def skip(key: int) -> None:
    Delivery.objects.filter(pk=key, state=DeliveryState.WAITING).update(
        state=DeliveryState.SKIPPED, next_attempt_at=None, finished_at=timezone.now()
    )


def save_success(subscription_id: int, delivery: DueDelivery, result: Result) -> bool:
    """Whether the listener is still registered."""
    _save(delivery, result, state=DeliveryState.DELIVERED, next_attempt_at=None, finished_at=timezone.now())
    return subscriptions.save_success(subscription_id)


def save_failure(subscription_id: int, delivery: DueDelivery, result: Result) -> int:
    """Seconds until the listener should be tried again."""
    now, delays = timezone.now(), settings.HUB_DELAYS
    if delivery.attempts >= len(delays):
        _save(delivery, result, state=DeliveryState.DEAD, next_attempt_at=None, finished_at=now)
    else:
        _save(delivery, result, next_attempt_at=now + timedelta(seconds=delays[delivery.attempts]))
    return subscriptions.save_failure(
        subscription_id, error=result.error, is_unreachable=result.status is None
    )


def _save(delivery: DueDelivery, result: Result, **fields: Any) -> None:
    Delivery.objects.filter(pk=delivery.key, state=DeliveryState.WAITING).update(
        event_type=delivery.message.event_type,
        attempts=delivery.attempts + 1,
        last_status=result.status,
        last_error=result.error,
        **fields,
    )
