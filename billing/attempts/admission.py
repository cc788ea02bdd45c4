"""Who may call a bank now: a cap on the calls in flight at each POS, and its circuit breaker.

The cap is per process and below the number of its threads: a bank that hangs holds a few of them, and other payers,
banks and probes have the others. Status queries have a cap of their own, and the breaker neither counts nor stops
them: a bank whose books answer may still leave every sale hanging, and asking moves no money.
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
"""Reasons that the breaker counts. Every other one is an answer of the bank."""


@dataclass
class Admission:
    """The right to call one POS. `feeds_breaker`: its calls reach the bank and are no status queries."""

    pos_id: int
    is_query: bool
    feeds_breaker: bool
    had_failures: bool = False
    probe_until: datetime | None = None

    def record(self, result: GatewayResult) -> None:
        """Tell the breaker how a call ended. Never raises: the answer of the bank is still to be written."""
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
            logger.exception("The breaker of POS %s was not told of a call", self.pos_id)


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
    """Hold one of the POS's slots. Raises GatewayUnavailableError, at once, where none is free or the breaker is open.

    Inside another `admitted` of the same POS that one counts. `is_form`: the bank is not called, only the form for
    the payer's browser is made; a half-open breaker lets it through, and the completion tries the bank.
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
    """One read where all is well. Raises GatewayUnavailableError."""
    state = breaker.read_state(admission.pos_id)
    if state.is_open:
        raise GatewayUnavailableError
    admission.had_failures = state.failures > 0
    if state.is_half_open and admission.feeds_breaker:
        admission.probe_until = breaker.claim_probe(admission.pos_id)
        if admission.probe_until is None:
            raise GatewayUnavailableError
