"""What goes wrong at the bank while the crowd pays: every kind of fault that the simulator knows."""

from typing import Any

from tests.support.bank.attack import COMMON
from tests.support.bank.simulator import simulators

_NO_ANSWER = [  # done at the bank, and the answer is lost, late or unreadable
    ("drop_after", "sale", 0.04),
    ("drop_after", "completion", 0.04),
    ("drop_after", "refund", 0.05),
    ("drop_after", "void", 0.05),
    ("http_500", "sale", 0.02),
    ("html", "status", 0.05),
    ("truncated", "completion", 0.03),
    ("empty", "refund", 0.05),
    ("drop_before", "sale", 0.02),
    ("drop_before", "refund", 0.03),
    ("wrong_order", "sale", 0.02),
    ("wrong_order", "completion", 0.02),
    ("wrong_order", "status", 0.02),
    ("bad_signature", "sale", 0.02),
    ("bad_signature", "completion", 0.02),
    ("bad_signature", "refund", 0.02),
    ("bad_signature", "status", 0.02),
    # the history fails while the inquiry works
    ("drop_before", "history", 0.1),
    ("http_500", "history", 0.1),
    ("truncated", "history", 0.05),
]
_ANOTHER = [  # the bank books another amount or currency than it was asked for
    (kind, operation, 0.006)
    for kind in ("other_amount", "other_amount_lost", "other_currency", "other_currency_lost")
    for operation in ("sale", "completion")
]
_SLOW = [  # seconds: our deadline is 3, a request counts as in flight for 5
    ("delay_after", "sale", 0.01, 4),
    ("delay_before", "sale", 0.01, 4),  # booked after our deadline
    ("delay_before", "completion", 0.01, 4),
    ("delay_before", "refund", 0.01, 4),
    ("delay_after", "status", 0.02, 4),
    ("trickle", "sale", 0.01, 0.1),  # each read is quick enough, the whole is not
    ("trickle", "refund", 0.01, 0.1),
    ("book_late", "sale", 0.02, 2),
    ("book_late", "sale", 0.02, 8),  # it is "not found" until then
    ("book_late", "completion", 0.03, 8),
    ("book_late", "refund", 0.03, 2),
    ("book_late", "void", 0.02, 2),
]
_WAYS_BACK = ("lost", "double", "double_get", "race")


def all_faults(pace: float) -> list[dict[str, Any]]:
    """Bodies of the simulator's `POST /control/faults`."""
    at_api = [
        {"kind": kind, "operation": operation, "probability": probability}
        for kind, operation, probability in [*_NO_ANSWER, *_ANOTHER]
    ]
    slow = [
        {"kind": kind, "operation": operation, "probability": probability, "seconds": seconds * pace}
        for kind, operation, probability, seconds in _SLOW
    ]
    on_the_way = [
        *({"kind": kind, "probability": 0.02} for kind in _WAYS_BACK),
        *({"kind": f"attack:{name}", "probability": 0.01} for name in COMMON),
        *(
            {"kind": f"attack:{name}", "probability": 0.02, "gateway": simulator.name}
            for simulator in simulators().values()
            for name in simulator.attacks
        ),
    ]
    return [*at_api, *slow, *({**fault, "operation": "return"} for fault in on_the_way)]


def orders_booked_otherwise(calls: list[dict[str, str]]) -> set[str]:
    """Orders of which the bank's books must differ from ours, and a case must say so."""
    return {call["order_id"] for call in calls if call["fault"].startswith("other_")}
