"""What a run prints: its seed, what happened, and the table of invariants."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Model
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.models import Allocation, Callback, Case, Delivery, Event, Payment, Refund
from tests.prove.crowd import Crowd

EXAMPLES = 5


def print_run(seed: int, disturbed: float, calm: float, crowd: Crowd, kills: Mapping[str, int]) -> None:
    counted: tuple[type[Model], ...] = (Payment, Refund, Allocation, Callback, Case, Event, Delivery)
    counts = ", ".join(
        f"{model._default_manager.count()} {model._meta.verbose_name_plural}" for model in counted
    )
    print(f"seed {seed}, {disturbed:.0f} s and {calm:.0f} s of calm: {counts}")
    tallies = {
        "answers": crowd.counts,
        "killed": kills,
        "payments": tally(Payment, "state"),
        "currencies": tally(Payment, "currency"),
        "sources": tally(Payment, "source"),
        "refunds": tally(Refund, "state"),
        "callbacks": tally(Callback, "verdict"),
        "jobs": tally(ProcrastinateJob, "status"),
    }
    for title, found in tallies.items():
        print(f"{title}:", ", ".join(f"{name} {count}" for name, count in sorted(found.items())))


def tally(model: type[Model], field: str) -> dict[str, int]:
    rows: Any = model._default_manager.order_by().values_list(field).annotate(Count("pk"))
    return dict(rows)


def print_table(found: Mapping[str, list[str]]) -> bool:
    """Whether all of them hold."""
    for name, wrong in found.items():
        examples = f" ({len(wrong)}): {'; '.join(wrong[:EXAMPLES])}" if wrong else ""
        print(f"{'broken' if wrong else 'holds ':8}{name}{examples}")
    return not any(found.values())
