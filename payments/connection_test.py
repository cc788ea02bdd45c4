"""A question to a POS's bank that moves no money. Billing answers it, because it calls banks."""

from collections.abc import Callable
from dataclasses import dataclass

from payments.models import POS


@dataclass(frozen=True)
class Answer:
    """`text` is for operators, in their language."""

    is_good: bool
    text: str


Tester = Callable[[POS, int | None], Answer]
"""Called with the POS and the id of the user who asks."""

_testers: list[Tester] = []


def register(tester: Tester) -> None:
    _testers[:] = [tester]


def is_possible() -> bool:
    return bool(_testers)


def ask_bank(pos: POS, *, user_id: int | None) -> Answer:
    """Raises RuntimeError inside a transaction, and where nothing is registered."""
    if not _testers:
        raise RuntimeError("No app calls banks.")
    return _testers[0](pos, user_id)
