"""Adds a payment method with an event: create the event, save the method, close the event, each in its own transaction.

The steps of the event show how far it got. Step `saved` is written in the transaction that saves the method, so a task
can later close an event that a crash or a database error has left open.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from billing.errors import EventNotClosedError, EventNotCreatedError, MethodNotSavedError
from billing.models import (
    EventStep,
    EventType,
    MethodEvent,
    MethodEventStep,
    PaymentMethod,
    SourceSystem,
    Subscription,
)
from billing.services.payment_method import PaymentMethodService
from billing.states import EventStatus
from config.kit.lib.errors import InvalidValueError, RuleError

logger = logging.getLogger(__name__)

ABANDONED_AFTER = timedelta(minutes=5)
"""No request is still working on an event that has been open for so long."""

_methods = PaymentMethodService()


@dataclass(frozen=True, kw_only=True)
class NewMethod:
    """`fields` are fields of PaymentMethodService; they are never in a repr or a log."""

    subscription: Subscription
    source_system: SourceSystem | None
    fields: Mapping[str, Any] = field(repr=False)
    reference: str = ""


def add_method(new: NewMethod) -> PaymentMethod:
    """Raises EventNotCreatedError, MethodNotSavedError, or RuleError or InvalidValueError for invalid fields, with no
    method saved; EventNotClosedError with the method saved.
    """
    event = _create(new)
    try:
        method = _save(event, new)
    except (RuleError, InvalidValueError) as error:
        _fail(event, f"{type(error).__name__}: {getattr(error, 'code', getattr(error, 'field', ''))}")
        raise
    except DatabaseError as error:
        _fail(event, type(error).__name__)
        raise MethodNotSavedError from error
    try:
        _close(event, EventStatus.DONE, EventStep.CLOSED, method=method)
    except DatabaseError as error:
        logger.exception("Event %s stays open", event.pk)
        _try_step(event, EventStep.CLOSE_FAILED, type(error).__name__, method)
        raise EventNotClosedError from error
    return method


def close_abandoned_events() -> int:
    """Close the events that requests have left open, as their steps show. The number of closed events."""
    before, closed, key = timezone.now() - ABANDONED_AFTER, 0, 0
    while key := _close_one(before, after=key):
        closed += 1
    return closed


def _create(new: NewMethod) -> MethodEvent:
    try:
        with transaction.atomic(durable=True):
            event = MethodEvent.objects.create(
                type=EventType.ADD,
                subscription=new.subscription,
                source_system=new.source_system,
                reference=new.reference[:64],
            )
            MethodEventStep.objects.create(event=event, step=EventStep.CREATED)
            return event
    except DatabaseError as error:
        raise EventNotCreatedError from error


def _save(event: MethodEvent, new: NewMethod) -> PaymentMethod:
    """Locks the event until the commit, so that `close_abandoned_events` cannot close it meanwhile."""
    with transaction.atomic(durable=True):
        held = MethodEvent.objects.select_for_update(no_key=True).get(pk=event.pk)
        if held.status != EventStatus.CREATED:
            raise MethodNotSavedError
        method = _methods.create(
            account=new.subscription.account, subscription=new.subscription, **new.fields
        )
        MethodEventStep.objects.create(event=event, step=EventStep.SAVED, payment_method=method)
        return method


def _fail(event: MethodEvent, note: str) -> None:
    """Never raises: the caller reports why the save failed."""
    try:
        _close(event, EventStatus.FAILED, EventStep.SAVE_FAILED, note=note)
    except DatabaseError:
        logger.exception("Event %s stays open", event.pk)


def _close(
    event: MethodEvent,
    status: EventStatus,
    step: EventStep,
    *,
    note: str = "",
    method: PaymentMethod | None = None,
) -> None:
    with transaction.atomic():
        changed = MethodEvent.objects.filter(pk=event.pk, status=EventStatus.CREATED).update(
            status=status, attempts=F("attempts") + 1, payment_method=method, closed_at=timezone.now()
        )
        if changed:
            MethodEventStep.objects.create(event=event, step=step, payment_method=method, note=note)


def _try_step(event: MethodEvent, step: EventStep, note: str, method: PaymentMethod) -> None:
    try:
        with transaction.atomic():
            MethodEventStep.objects.create(event=event, step=step, payment_method=method, note=note)
    except DatabaseError:
        logger.exception("Could not write a step of event %s", event.pk)


def _close_one(before: Any, *, after: int) -> int:
    """The key of the closed event, 0 if there is none left."""
    with transaction.atomic(durable=True):
        open_events = MethodEvent.objects.filter(
            status=EventStatus.CREATED, created_at__lt=before, pk__gt=after
        )
        event = open_events.select_for_update(skip_locked=True, no_key=True).order_by("pk").first()
        if event is None:
            return 0
        saved = event.steps.filter(step=EventStep.SAVED).first()
        if saved:
            _close(
                event, EventStatus.DONE, EventStep.CLOSED, method=saved.payment_method, note="closed later"
            )
        else:
            _close(event, EventStatus.FAILED, EventStep.SAVE_FAILED, note="abandoned")
        return event.pk
