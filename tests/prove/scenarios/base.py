"""What goes wrong around the application while the crowd pays. Nothing here needs Django."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import ClassVar

from tests.prove.postgres import Cluster
from tests.prove.world import Setup, World

OF_A_DEAD_DATABASE = (
    "OperationalError",
    "InterfaceError",
    "AdminShutdown",
    "CannotConnectNow",
    "CrashShutdown",
    "PoolTimeout",
    "ConnectorException",
)


class SkippedError(Exception):
    """This machine cannot run the scenario; the text says why."""


class Scenario:
    """One run's disturbances. `directory` is the run's own; `given` the URL of a database to use, if any."""

    every_seconds: ClassVar[float] = 6
    """Between two disturbances."""
    workers_of_each_queue: ClassVar[int] = 2
    web_clock_behind: ClassVar[int] = 150
    expected_errors: ClassVar[tuple[str, ...]] = OF_A_DEAD_DATABASE

    def __init__(self, directory: Path, given: str | None = None) -> None:
        self.directory = directory
        self.given = given
        self.application_url = ""
        """Of the database as the application reaches it, where that is not what `database` yields."""

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of the run's database. DATABASE_URL is not used: it may be somebody's."""
        if self.given:
            yield self.given
            return
        with Cluster(self.directory / "var").running() as self.cluster:
            yield self.cluster.url

    def setup(self, seed: int, web_workers: int, pace: float) -> Setup:
        return Setup(
            seed=seed,
            web_workers=web_workers,
            pace=pace,
            workers_of_each_queue=self.workers_of_each_queue,
            web_clock_behind=self.web_clock_behind,
            database_url=self.application_url,
        )

    def strike(self, world: World, random: Random) -> str:
        """One disturbance, to its end. What it was, if anything."""
        raise NotImplementedError

    def watch(self, world: World) -> str:
        """Called between strikes. What has happened since, if anything."""
        return ""

    def heal(self, world: World) -> None:
        """Nothing is disturbed any more."""

    def missed(self, done: Mapping[str, int], *, is_long: bool) -> list[str]:
        """What must have happened in such a run and did not."""
        return []
