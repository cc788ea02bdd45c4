"""What `make prove-crash` does to the processes while the crowd pays."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from config.process.embedded import EmbeddedServer

STOPPED_SECONDS = 8
"""Longer than a call may take and than a request counts as in flight, in the proof's settings."""
CLOCK_BEHIND_SECONDS = 150


def disturb(world: Any, crowd: Any, server: EmbeddedServer, every: float) -> Counter[str]:
    """One disturbance after another until the crowd is done; how often each was made."""
    done: Counter[str] = Counter()
    thread = threading.Thread(target=crowd.run)
    thread.start()
    turn = 0
    while thread.is_alive():
        name, make = list(DISTURBANCES.items())[turn % len(DISTURBANCES)]
        make(world, server)
        done[name] += 1
        turn += 1
        for _ in range(int(every / 0.3)):
            world.bank.settle()
            world.tend()
            if not thread.is_alive():
                break
            time.sleep(0.3)
    thread.join()
    return done


def kill_database(world: Any, server: EmbeddedServer) -> None:
    """`immediate`: no checkpoint, as after a power cut; the start recovers from the log."""
    server._control("stop", "--mode=immediate", "--wait")  # the proof's own server; it has no gentler need
    time.sleep(1)
    server._start()


def stop_web(world: Any, server: EmbeddedServer) -> None:
    with _stopped(world.web.pid):
        time.sleep(STOPPED_SECONDS)


def stop_reconciler(world: Any, server: EmbeddedServer) -> None:
    with _stopped(world.reconcilers[0].pid):
        time.sleep(STOPPED_SECONDS)


@contextmanager
def _stopped(group: int) -> Iterator[None]:
    """Every process of the group stands still, in the middle of whatever it does."""
    try:
        os.killpg(group, signal.SIGSTOP)
    except ProcessLookupError:
        yield
        return
    try:
        yield
    finally:
        os.killpg(group, signal.SIGCONT)


DISTURBANCES: dict[str, Callable[[Any, EmbeddedServer], None]] = {
    "database killed": kill_database,
    "web processes stopped": stop_web,
    "reconciler stopped": stop_reconciler,
}
