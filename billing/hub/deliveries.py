"""Deliveries: in order for each listener, concurrently for different listeners.

Delivery is at least once: if the result of a delivery cannot be saved, it is sent again with the same eventId. A
listener that is unreachable or refuses three times in a row is paused, for longer each time.
"""

import asyncio
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
from billing.hub.subscriptions import BATCH, REFUSALS_BEFORE_PAUSE
from billing.models import Delivery, DeliveryState, EventSubscription
from config.kit.lib import http

P = ParamSpec("P")
T = TypeVar("T")

MAX_RESPONSE_BYTES = 65_536


@dataclass(frozen=True)
class DueDelivery:
    """A delivery and what is posted for it."""

    key: int
    attempts: int
    message: Message


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
    """Post all deliveries of one listener that are due. Seconds until it is due again, None if nothing waits."""
    subscription = await in_thread(subscriptions.claim)(subscription_id)
    if subscription is None:
        return None
    pause: int | None = None
    try:
        public_only = not settings.HUB_ALLOW_PRIVATE_CALLBACKS
        async with http.async_client(timeout=settings.HUB_TIMEOUT_SECONDS, public_only=public_only) as client:
            while pause is None and (due := await in_thread(load_due)(subscription)):
                pause = await _post_all(client, subscription, due)
    finally:
        next_due = await in_thread(subscriptions.release)(subscription.pk)
    return next_due if pause is None else pause


async def _post_all(
    client: httpx.AsyncClient, subscription: EventSubscription, due: list[DueDelivery]
) -> int | None:
    """Seconds of pause if the listener is unreachable or keeps refusing."""
    refused = 0
    for delivery in due:
        if delivery.message.body is None:
            await in_thread(skip)(delivery.key)
            continue
        result = await post(client, subscription, delivery.message.body)
        pause = await in_thread(save_result)(subscription.pk, delivery, result)
        refused = 0 if result.is_success else refused + 1
        if not result.is_success and (result.status is None or refused == REFUSALS_BEFORE_PAUSE):
            return pause
    return None


async def post(client: httpx.AsyncClient, subscription: EventSubscription, body: bytes) -> Result:
    """One POST. Request and response together have HUB_TIMEOUT_SECONDS; a redirect is a refusal."""
    headers = {
        "Content-Type": "application/json;charset=utf-8",
        SIGNATURE_HEADER: sign(body, subscription.secret),
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
    """The next deliveries that are due, in order, with their messages."""
    subscriptions.extend_claim(subscription.pk)
    waiting = Delivery.objects.filter(subscription=subscription, state=DeliveryState.WAITING)
    due = waiting.filter(next_attempt_at__lte=timezone.now()).select_related("event")
    rows = list(due.order_by("next_attempt_at", "pk")[:BATCH])
    messages = shaping.shape(subscription, [row.event for row in rows])
    return [DueDelivery(row.pk, row.attempts, message) for row, message in zip(rows, messages, strict=True)]


def skip(key: int) -> None:
    Delivery.objects.filter(pk=key, state=DeliveryState.WAITING).update(
        state=DeliveryState.SKIPPED, next_attempt_at=None, finished_at=timezone.now()
    )


def save_result(subscription_id: int, delivery: DueDelivery, result: Result) -> int:
    """Save a delivery's result and its listener's health. Seconds to wait after a failure, 0 after a success."""
    now, delays = timezone.now(), settings.HUB_DELAYS
    fields: dict[str, Any] = {
        "event_type": delivery.message.event_type,
        "attempts": delivery.attempts + 1,
        "last_status": result.status,
        "last_error": result.error,
    }
    if result.is_success or delivery.attempts >= len(delays):
        state = DeliveryState.DELIVERED if result.is_success else DeliveryState.DEAD
        fields |= {"state": state, "next_attempt_at": None, "finished_at": now}
    else:
        fields["next_attempt_at"] = now + timedelta(seconds=delays[delivery.attempts])
    Delivery.objects.filter(pk=delivery.key, state=DeliveryState.WAITING).update(**fields)
    if result.is_success:
        subscriptions.save_success(subscription_id)
        return 0
    return subscriptions.save_failure(
        subscription_id, error=result.error, is_unreachable=result.status is None
    )
