"""Delivering events: one listener at a time in order, all listeners side by side.

At least once: what a listener has taken and we could not write down is sent again, under the same eventId. A
listener that cannot be reached, or refuses three times in a row, is paused for a growing time; nobody else is.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import httpx
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from billing.contracts.tmf.tmf630 import encoder
from billing.contracts.tmf.tmf630 import query as tmf630
from billing.contracts.tmf.tmf676.events import base_of, event_document, items_of, read_query
from billing.hub.outbox import defer_delivery
from billing.models import Delivery, DeliveryState, EventSubscription
from config.kit.lib import http

P = ParamSpec("P")
T = TypeVar("T")

BATCH = 50
REFUSALS = 3
MAX_ANSWER = 65_536
SIGNATURE = "X-Hub-Signature-256"


@dataclass(frozen=True)
class Parcel:
    """A delivery that is due, ready to be posted. `body` None: the listener did not ask for it."""

    key: int
    attempts: int
    event_type: str
    body: bytes | None


@dataclass(frozen=True)
class Answer:
    """`status` None: there was none, and `error` says why."""

    status: int | None
    error: str = ""

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def in_thread(function: Callable[P, T]) -> Callable[P, Any]:
    """Called from the event loop; the connection goes back to the pool."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        finally:
            if not connection.in_atomic_block:
                connection.close()

    return sync_to_async(run, thread_sensitive=False)


async def deliver(subscription_id: int) -> None:
    """Post all that is due to one listener."""
    subscription = await in_thread(claim)(subscription_id)
    if subscription is None:
        return
    wait: int | None = None
    try:
        public_only = not settings.HUB_ALLOW_PRIVATE_CALLBACKS
        async with http.async_client(timeout=settings.HUB_TIMEOUT_SECONDS, public_only=public_only) as client:
            while parcels := await in_thread(prepare)(subscription):
                wait = await _post_all(client, subscription, parcels)
                if wait is not None:
                    break
    finally:
        await in_thread(release)(subscription.pk, wait)


async def _post_all(
    client: httpx.AsyncClient, subscription: EventSubscription, parcels: list[Parcel]
) -> int | None:
    """Seconds of pause where the listener can't be reached or keeps refusing."""
    refused = 0
    for parcel in parcels:
        if parcel.body is None:
            await in_thread(skip)(parcel.key)
            continue
        answer = await post(client, subscription, parcel.body)
        pause = await in_thread(record)(subscription.pk, parcel, answer)
        refused = 0 if answer.is_good else refused + 1
        if not answer.is_good and (answer.status is None or refused == REFUSALS):
            return pause
    return None


async def post(client: httpx.AsyncClient, subscription: EventSubscription, body: bytes) -> Answer:
    """One POST. The whole of it, answer included, has HUB_TIMEOUT_SECONDS; redirects are refusals."""
    headers = {"Content-Type": "application/json;charset=utf-8", SIGNATURE: sign(body, subscription.secret)}
    try:
        async with (
            asyncio.timeout(settings.HUB_TIMEOUT_SECONDS),
            client.stream("POST", subscription.callback, content=body, headers=headers) as response,
        ):
            read = 0
            async for chunk in response.aiter_raw():  # to its end: the connection is used again
                read += len(chunk)
                if read > MAX_ANSWER:
                    break
        return Answer(response.status_code, "" if response.is_success else f"answered {response.status_code}")
    except TimeoutError:
        return Answer(None, "took too long")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Answer(None, (str(error) or type(error).__name__)[:200])


def sign(body: bytes, secret: str) -> str:
    """`sha256=<hex>`, HMAC-SHA256 of the body with the secret that the listener was given."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


# --- the database, each in a thread ---------------------------------------------------------------------------


def claim(subscription_id: int) -> EventSubscription | None:
    """The listener, if nobody is busy with it and it is not paused. A claim that was left behind ends by itself."""
    now = timezone.now()
    free = (Q(claimed_until=None) | Q(claimed_until__lt=now)) & (
        Q(paused_until=None) | Q(paused_until__lte=now)
    )
    listeners = EventSubscription.objects.filter(free, pk=subscription_id, is_active=True)
    if not listeners.update(claimed_until=_claim_end()):
        return None
    return EventSubscription.objects.get(pk=subscription_id)


def _claim_end() -> Any:
    return timezone.now() + timedelta(seconds=BATCH * settings.HUB_TIMEOUT_SECONDS + 30)


def release(subscription_id: int, wait: int | None) -> None:
    """Let go; whoever comes next finds what became due meanwhile."""
    EventSubscription.objects.filter(pk=subscription_id).update(claimed_until=None)
    due = due_deliveries(subscription_id)
    if wait is not None:
        defer_delivery(subscription_id, seconds=wait)
    elif due.filter(next_attempt_at__lte=timezone.now()).exists():
        defer_delivery(subscription_id)
    elif (
        later := due.order_by("next_attempt_at").values_list("next_attempt_at", flat=True).first()
    ) is not None:
        defer_delivery(subscription_id, seconds=max(1, int((later - timezone.now()).total_seconds()) + 1))


def due_deliveries(subscription_id: int) -> Any:
    return Delivery.objects.filter(subscription_id=subscription_id, state=DeliveryState.WAITING)


def prepare(subscription: EventSubscription) -> list[Parcel]:
    """The next deliveries that are due, as they will be posted."""
    EventSubscription.objects.filter(pk=subscription.pk).update(claimed_until=_claim_end())
    due = due_deliveries(subscription.pk).filter(next_attempt_at__lte=timezone.now())
    deliveries = list(due.select_related("event").order_by("next_attempt_at", "pk")[:BATCH])
    items = items_of([delivery.event for delivery in deliveries])
    base, conditions = base_of(subscription), read_query(subscription.query)
    parcels = []
    for delivery in deliveries:
        event = delivery.event
        key = event.payment_id if event.refund_id is None else event.refund_id
        document = event_document(event, items[event.resource, key], base)
        wanted = document is not None and tmf630.matches(document, conditions)
        body = encoder.encode(document) if wanted else None
        name = document["eventType"] if document else ""
        parcels.append(Parcel(delivery.pk, delivery.attempts, name, body))
    return parcels


def skip(key: int) -> None:
    Delivery.objects.filter(pk=key, state=DeliveryState.WAITING).update(
        state=DeliveryState.SKIPPED, next_attempt_at=None, finished_at=timezone.now()
    )


def record(subscription_id: int, parcel: Parcel, answer: Answer) -> int:
    """Write down what became of a delivery, and how the listener does. Answers the seconds to wait after a failure."""
    now = timezone.now()
    ours = Delivery.objects.filter(pk=parcel.key, state=DeliveryState.WAITING)
    listeners = EventSubscription.objects.filter(pk=subscription_id)
    told = {"event_type": parcel.event_type, "attempts": parcel.attempts + 1, "last_status": answer.status}
    if answer.is_good:
        ours.update(
            **told, state=DeliveryState.DELIVERED, next_attempt_at=None, finished_at=now, last_error=""
        )
        listeners.update(
            failures=0, failing_since=None, paused_until=None, last_success_at=now, last_error=""
        )
        return 0
    return _record_failure(ours, listeners, told, parcel, answer)


def _record_failure(ours: Any, listeners: Any, told: dict[str, Any], parcel: Parcel, answer: Answer) -> int:
    now, delays = timezone.now(), settings.HUB_DELAYS
    if parcel.attempts >= len(delays):
        ours.update(
            **told, state=DeliveryState.DEAD, next_attempt_at=None, finished_at=now, last_error=answer.error
        )
    else:
        again = now + timedelta(seconds=delays[parcel.attempts])
        ours.update(**told, next_attempt_at=again, last_error=answer.error)
    failures = listeners.values_list("failures", flat=True).get() + 1
    pause = delays[min(failures, len(delays)) - 1]
    since = {"failing_since": now} if failures == 1 else {}
    until = (
        {"paused_until": now + timedelta(seconds=pause)}
        if answer.status is None or failures >= REFUSALS
        else {}
    )
    listeners.update(failures=F("failures") + 1, last_error=answer.error, **since, **until)
    return pause
