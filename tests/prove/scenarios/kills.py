"""`make prove`: processes die at every crash point, one after the other, and at any time."""

import os
import signal
from collections.abc import Mapping
from random import Random

from billing.attempts.crash_points import POINTS
from tests.prove.scenarios.base import Scenario
from tests.prove.world import World


class Nothing(Scenario):
    """For a control: a guard that is off must be found while nothing else goes wrong."""

    workers_of_each_queue = 0
    web_clock_behind = 0
    expected_errors = ()

    def strike(self, world: World, random: Random) -> str:
        return ""


class Kills(Scenario):
    every_seconds = 3
    workers_of_each_queue = 1
    web_clock_behind = 0
    expected_errors = ()

    _turn = 0
    _is_armed = False
    _strikes = 0

    def strike(self, world: World, random: Random) -> str:
        """Arm the next point; each third time SIGKILL a worker of a queue or of the web server instead."""
        self._strikes += 1
        if self._strikes % 3:
            self._turn += self._is_armed  # nobody came along
            world.arm(self._point)
            self._is_armed = True
            return ""
        name = random.choice([*world.workers, "web"])
        targets = world.web_processes() if name == "web" else [world.workers[name].pid]
        if targets:
            _kill(random.choice(targets))
        return f"SIGKILL {name.split()[0]}"

    def watch(self, world: World) -> str:
        if not self._is_armed or world.is_armed():
            return ""
        self._is_armed = False
        self._turn += 1
        return POINTS[(self._turn - 1) % len(POINTS)]

    def heal(self, world: World) -> None:
        world.disarm()

    def missed(self, done: Mapping[str, int], *, is_long: bool) -> list[str]:
        return [point for point in POINTS if not done.get(point)] if is_long else []

    @property
    def _point(self) -> str:
        return POINTS[self._turn % len(POINTS)]


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:  # a crash point was faster
        return
