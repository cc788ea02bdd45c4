"""How events are worded. The hub delivers them; a contract writes their documents and applies a listener's query.

The hub imports no contract. `billing.apps` registers the contract's shaper when Django starts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from billing.models import Event, EventSubscription


@dataclass(frozen=True)
class Message:
    """What is posted for one event. `body` is None where the listener's query leaves the event out."""

    event_type: str
    body: bytes | None


class Shaper(Protocol):
    """Returns one message per event, in the same order. Called in a worker thread, outside any transaction."""

    def __call__(self, subscription: EventSubscription, events: Sequence[Event]) -> Sequence[Message]: ...


_shapers: list[Shaper] = []


def register(shaper: Shaper) -> None:
    """Make `shaper` the one that words all events. It replaces the one before."""
    _shapers[:] = [shaper]


def shape(subscription: EventSubscription, events: Sequence[Event]) -> Sequence[Message]:
    if not _shapers:
        raise RuntimeError("No contract has registered a shaper for the hub's events.")
    return _shapers[0](subscription, events)
