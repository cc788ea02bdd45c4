"""Faults on demand: what goes wrong, where, how often. Seeded, so that a run can be repeated."""

import random
import threading
from dataclasses import asdict, dataclass
from typing import Any

KINDS = frozenset(
    {
        # after the operation was done
        "drop_after",
        "delay_after",
        "http_500",
        "html",
        "truncated",
        "empty",
        "wrong_order",
        "bad_signature",
        "trickle",
        # somebody between us and the bank says yes; the bank was not asked
        "forged",
        # the bank books something else than it was asked for; "…_lost" also loses the answer
        "other_amount",
        "other_amount_lost",
        "other_currency",
        "other_currency_lost",
        # before anything was done
        "drop_before",
        "delay_before",
        # the connection breaks now, the operation is done later, whatever was asked or answered meanwhile
        "book_late",
        # on the way back from 3-D
        "lost",
        "double",
        "double_get",
        "race",
    }
)


ATTACK = "attack:"
"""Followed by the name of an attack: `attack.py` and the bank's package."""


@dataclass
class Fault:
    kind: str
    gateway: str = "*"
    operation: str = "*"
    """sale, completion, three_d_init, void, refund, status, history or return"""
    times: int = -1
    """How often it strikes; -1 without end."""
    probability: float = 1.0
    seconds: float = 60.0
    """Of a delay; of a trickle, between two pieces of the answer; of a late booking, until it is booked."""
    order_prefix: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS and not self.kind.startswith(ATTACK):
            raise ValueError(f"unknown fault {self.kind}")


class Faults:
    def __init__(self, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self.clear(seed)

    def clear(self, seed: int = 0) -> None:
        with self._lock:
            self._faults: list[Fault] = []
            self._random = random.Random(seed)

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def as_json(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def strike(self, gateway: str, operation: str, order_id: str) -> Fault | None:
        """The fault that hits this call, if any."""
        with self._lock:
            for fault in self._faults:
                here = fault.gateway in ("*", gateway) and fault.operation in ("*", operation)
                if not here or fault.times == 0 or not order_id.startswith(fault.order_prefix):
                    continue
                if self._random.random() < fault.probability:
                    fault.times -= fault.times > 0
                    return fault
        return None
