"""Listeners: registered and unregistered by clients, claimed by the worker that delivers to them."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypedDict, Unpack
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from billing.models import Delivery, DeliveryState, EventSubscription
from config.kit.lib.errors import InvalidValueError
from config.kit.lib.http import PrivateAddressError, public_address

BATCH = 50
"""Deliveries that are loaded and posted at a time."""
TURN_SECONDS = 5.0
"""After so long no further event is posted to a listener, and it queues again behind all others."""
REFUSALS_BEFORE_PAUSE = 3


class NewSubscription(TypedDict):
    callback: str
    query: str
    base_path: str
    client: str
    created_by_id: int | None


def register(**fields: Unpack[NewSubscription]) -> EventSubscription:
    """A new listener with a secret of its own. The callback has passed `check_callback`."""
    return EventSubscription.objects.create(secret=secrets.token_urlsafe(32), **fields)


def unregister(subscription_id: int, *, client: str) -> bool:
    """Stop deliveries. False if the client has no such active subscription. Its deliveries stay for the operators."""
    own = EventSubscription.objects.filter(pk=subscription_id, client=client, is_active=True)
    return bool(own.update(is_active=False))


def check_callback(url: str) -> None:
    """Raises InvalidValueError unless the URL is http(s) on a public host. Each delivery checks the host again."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise InvalidValueError("callback", "A http or https address is expected.") from None
    host = parts.hostname or ""
    is_http = parts.scheme in ("http", "https") and host and parts.username is None
    if not is_http or not url.isprintable():
        raise InvalidValueError("callback", "A http or https address is expected.")
    if settings.HUB_ALLOW_PRIVATE_CALLBACKS:
        return
    try:
        public_address(host, port)
    except PrivateAddressError:
        raise InvalidValueError("callback", "The host has a private address.") from None
    except httpx.ConnectError:
        raise InvalidValueError("callback", "The host has no address.") from None


def find_due() -> list[int]:
    """Ids of active listeners that are not paused and have a delivery due: one probe of an index for each, however
    many deliveries wait.
    """
    waiting = Delivery.objects.filter(subscription=OuterRef("pk"), state=DeliveryState.WAITING)
    due = Exists(waiting.filter(next_attempt_at__lte=timezone.now()))
    found = EventSubscription.objects.filter(_is_not_paused(), due, is_active=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


def claim(subscription_id: int) -> EventSubscription | None:
    """The listener, unless another worker has claimed it or it is paused. A stale claim expires by itself."""
    is_free = Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())
    listeners = EventSubscription.objects.filter(
        is_free, _is_not_paused(), pk=subscription_id, is_active=True
    )
    if not listeners.update(claimed_until=_claim_end()):
        return None
    return EventSubscription.objects.get(pk=subscription_id)


def extend_claim(subscription_id: int) -> bool:
    """False once it is unregistered."""
    own = EventSubscription.objects.filter(pk=subscription_id, is_active=True)
    return bool(own.update(claimed_until=_claim_end()))


def release(subscription_id: int) -> int | None:
    """End the claim. Seconds until the next delivery is due, 0 for now, None if nothing waits."""
    EventSubscription.objects.filter(pk=subscription_id).update(claimed_until=None)
    if due_in_order(subscription_id).exists():
        return 0
    now = timezone.now()
    later = _waiting(subscription_id).filter(next_attempt_at__gt=now).order_by("next_attempt_at")
    due_at = later.values_list("next_attempt_at", flat=True).first()
    return None if due_at is None else max(1, int((due_at - now).total_seconds()) + 1)


def due_in_order(subscription_id: int) -> QuerySet[Delivery]:
    """What can be posted now: not what is behind an event of the same object that waits for its next attempt."""
    now, waiting = timezone.now(), _waiting(subscription_id)
    of_the_same = Q(event__payment=OuterRef("event__payment")) | Q(
        event__payment_method=OuterRef("event__payment_method")
    )
    earlier = waiting.filter(of_the_same, event__lt=OuterRef("event"), next_attempt_at__gt=now)
    return waiting.filter(~Exists(earlier), next_attempt_at__lte=now)


def _waiting(subscription_id: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(subscription_id=subscription_id, state=DeliveryState.WAITING)


def save_success(subscription_id: int) -> bool:
    """False once it is unregistered."""
    own = EventSubscription.objects.filter(pk=subscription_id, is_active=True)
    return bool(
        own.update(
            failures=0, failing_since=None, paused_until=None, last_success_at=timezone.now(), last_error=""
        )
    )


def save_failure(subscription_id: int, *, error: str, is_unreachable: bool) -> int:
    """Count a failure, and pause a listener that is unreachable or keeps refusing. The length of a pause in seconds."""
    now, delays = timezone.now(), settings.HUB_DELAYS
    listeners = EventSubscription.objects.filter(pk=subscription_id)
    failures = listeners.values_list("failures", flat=True).get() + 1
    pause: int = delays[min(failures, len(delays)) - 1]
    since = {"failing_since": now} if failures == 1 else {}
    is_paused = is_unreachable or failures >= REFUSALS_BEFORE_PAUSE
    until = {"paused_until": now + timedelta(seconds=pause)} if is_paused else {}
    listeners.update(failures=F("failures") + 1, last_error=error, **since, **until)
    return pause


def end_pauses(subscription_ids: Iterable[int]) -> None:
    EventSubscription.objects.filter(pk__in=subscription_ids).update(paused_until=None)


def _is_not_paused() -> Q:
    return Q(paused_until=None) | Q(paused_until__lte=timezone.now())


def _claim_end() -> datetime:
    """A turn and its last call, with a margin: what a killed worker has claimed is free again then."""
    return timezone.now() + timedelta(seconds=TURN_SECONDS + settings.HUB_TIMEOUT_SECONDS + 30)
