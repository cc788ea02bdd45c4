"""Admission of calls to banks: a cap on the calls in flight at each POS, and its circuit breaker.

The cap is per process and below its number of threads, so that a hanging bank leaves threads for other payers, banks
and health probes. Status queries have their own cap, and the breaker neither counts nor stops them: they move no money,
and they may be answered while sales hang.
"""

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError

from billing.attempts import breaker
from billing.errors import GatewayUnavailableError
from payments.gateways.types import GatewayResult, Reason

logger = logging.getLogger(__name__)

NO_ANSWER = (Reason.NO_ANSWER, Reason.UNREADABLE, Reason.NOT_REACHED)
"""Reasons that the breaker counts as failures. All others mean that the bank answered."""


@dataclass
class Admission:
    """Permission to call one POS. `feeds_breaker`: the calls reach the bank and are not status queries."""

    pos_id: int
    is_query: bool
    feeds_breaker: bool
    had_failures: bool = False
    probe_until: datetime | None = None

    def record(self, result: GatewayResult) -> None:
        """Report the result of a call to the breaker. Never raises: the bank's answer must still be written."""
        if not self.feeds_breaker:
            return
        self.probe_until = None
        try:
            if result.reason in NO_ANSWER:
                self.had_failures = True
                breaker.count_failure(self.pos_id)
            elif self.had_failures:
                self.had_failures = False
                breaker.close(self.pos_id)
        except DatabaseError:
            logger.exception("Could not report a call to the breaker of POS %s", self.pos_id)


class _Slots:
    """Calls in flight in this process, counted by key."""

    def __init__(self) -> None:
        self._taken: Counter[tuple[int, bool]] = Counter()
        self._lock = threading.Lock()

    def take(self, key: tuple[int, bool], limit: int) -> bool:
        with self._lock:
            if self._taken[key] >= limit:
                return False
            self._taken[key] += 1
            return True

    def free(self, key: tuple[int, bool]) -> None:
        with self._lock:
            self._taken[key] -= 1


_slots = _Slots()
_current: ContextVar[Admission | None] = ContextVar("admission", default=None)


@contextmanager
def admitted(pos_id: int, *, is_query: bool = False, is_form: bool = False) -> Iterator[Admission]:
    """Hold a slot of the POS. Raises GatewayUnavailableError if none is free or the breaker is open, without waiting.

    Nested calls for the same POS share one slot. `is_form`: only the form for the payer's browser is created; a
    half-open breaker allows it, and the completion probes the bank.
    """
    held = _current.get()
    if held is not None and (held.pos_id, held.is_query) == (pos_id, is_query):
        yield held
        return
    key = (pos_id, is_query)
    if not _slots.take(key, settings.GATEWAY_QUERIES_PER_POS if is_query else settings.GATEWAY_CALLS_PER_POS):
        raise GatewayUnavailableError
    try:
        admission = Admission(pos_id, is_query, feeds_breaker=not (is_query or is_form))
        if not is_query:
            _pass_breaker(admission)
        token = _current.set(admission)
        try:
            yield admission
        finally:
            _current.reset(token)
            if admission.probe_until is not None:
                breaker.release_probe(pos_id, admission.probe_until)
    finally:
        _slots.free(key)


def _pass_breaker(admission: Admission) -> None:
    """Raises GatewayUnavailableError. A single read unless there were failures."""
    state = breaker.read_state(admission.pos_id)
    if state.is_open:
        raise GatewayUnavailableError
    admission.had_failures = state.failures > 0
    if state.is_half_open and admission.feeds_breaker:
        admission.probe_until = breaker.claim_probe(admission.pos_id)
        if admission.probe_until is None:
            raise GatewayUnavailableError
