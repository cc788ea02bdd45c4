"""Processes stand still in the middle of whatever they do, for longer than a request counts as in flight."""

import os
import signal
import time
from random import Random

from tests.prove.scenarios.base import Scenario
from tests.prove.world import World

STOPPED_SECONDS = float(os.environ.get("STOPPED_SECONDS", "150"))


class StoppedProcesses(Scenario):
    """First the web server with the workers that call banks, then each other worker."""

    every_seconds = 15
    expected_errors = ()

    _turn = 0

    def strike(self, world: World, random: Random) -> str:
        name, groups = self._targets(world)
        self._turn += 1
        for group in groups:
            _signal(group, signal.SIGSTOP)
        try:
            deadline = time.monotonic() + STOPPED_SECONDS
            while time.monotonic() < deadline:
                world.tend()
                time.sleep(0.5)
        finally:
            for group in groups:
                _signal(group, signal.SIGCONT)
        return name

    def _targets(self, world: World) -> tuple[str, list[int]]:
        """One worker of each queue goes on: it must cope with what the stopped one left."""
        workers = {name: process.pid for name, process in world.workers.items() if name.endswith(" 0")}
        if self._turn % 2 == 0 and world.web is not None:
            return f"web server and a bank worker stopped for {STOPPED_SECONDS:.0f} s", [
                world.web.pid,
                workers["bank 0"],
            ]
        return f"a worker of each queue stopped for {STOPPED_SECONDS:.0f} s", list(workers.values())


def _signal(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return
