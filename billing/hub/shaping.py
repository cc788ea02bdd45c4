"""Bodies of events. A contract writes them and applies the listeners' queries; the hub delivers them.

The hub imports no contract: `billing.apps` registers the contract's shaper when Django starts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from billing.models import Event, EventSubscription


@dataclass(frozen=True)
class Message:
    """What is posted for one event. `body` is None if the listener's query excludes the event."""

    event_type: str
    body: bytes | None


class Shaper(Protocol):
    """Returns one message per event, in the same order. Called in a worker thread, outside any transaction."""

    def __call__(self, subscription: EventSubscription, events: Sequence[Event]) -> Sequence[Message]: ...


_shapers: list[Shaper] = []


def register(shaper: Shaper) -> None:
    """Set the shaper of all events."""
    _shapers[:] = [shaper]


def shape(subscription: EventSubscription, events: Sequence[Event]) -> Sequence[Message]:
    if not _shapers:
        raise RuntimeError("No contract has registered a shaper for the hub's events.")
    return _shapers[0](subscription, events)
