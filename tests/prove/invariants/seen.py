"""What the invariants judge by, beside our own tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.prove.people import Told


@dataclass(frozen=True)
class Seen:
    books: dict[str, dict[str, Any]]
    """The bank's orders by their id."""
    calls: Sequence[dict[str, str]]
    """Every request that reached the bank."""
    told: Told
    heard: dict[str, set[str]]
    """Ids of events by the listener's URL."""
    log: Path
    user: str
    """Somebody who may see every page of the desk."""
    pages_with_cards: int = 0
    expected_errors: tuple[str, ...] = field(default=())
    """Names of exceptions that a dead database or a cut network must bring."""
