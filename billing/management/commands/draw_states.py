"""Draws the state tables of billing/states.py into docs/architecture.md."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from billing.states import PAYMENT_MOVES, REFUND_MOVES

DOCUMENT = settings.BASE_DIR / "docs" / "architecture.md"
TABLES: dict[str, Mapping[Any, Sequence[Any]]] = {"payment": PAYMENT_MOVES, "refund": REFUND_MOVES}


class Command(BaseCommand):
    help = "Draw the states of payments and refunds into docs/architecture.md."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        DOCUMENT.write_text(draw_into(DOCUMENT.read_text()))


def draw_into(text: str) -> str:
    """`text` with its marked sections drawn again. Raises ValueError if a mark is missing."""
    for name, moves in TABLES.items():
        start = f"<!-- states: {name} -->\n"
        before, found, rest = text.partition(start)
        _old, end, after = rest.partition("<!-- end -->")
        if not (found and end):
            raise ValueError(f"docs/architecture.md has no section for the states of a {name}.")
        text = f"{before}{start}```mermaid\n{draw(moves)}```\n{end}{after}"
    return text


def draw(moves: Mapping[Any, Sequence[Any]]) -> str:
    """A Mermaid state diagram. The first state is the first of the table; states without moves are final."""
    lines = ["stateDiagram-v2", f"    [*] --> {next(iter(moves))}"]
    for source, targets in moves.items():
        lines += [f"    {source} --> {target}" for target in (targets or ("[*]",))]
    return "\n".join(lines) + "\n"
