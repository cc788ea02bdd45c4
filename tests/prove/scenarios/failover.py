"""The primary dies in the middle, and its synchronous standby is promoted: no commit that was acknowledged is lost."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from random import Random

import psycopg

from tests.prove.postgres import Cluster, url_of
from tests.prove.scenarios.base import Scenario
from tests.prove.world import World

FOLLOW_SECONDS = 30


class Failover(Scenario):
    """Once in a run. libpq finds the server that takes writes by itself: the URL names both."""

    every_seconds = 20
    expected_errors = (*Scenario.expected_errors, "ReadOnlySqlTransaction")

    _done = False

    @contextmanager
    def database(self) -> Iterator[str]:
        primary, standby = Cluster(self.directory / "var"), Cluster(self.directory / "standby")
        with primary.running():
            standby.copy_of(primary)
            with standby.running():
                primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
                primary.execute("SELECT pg_reload_conf()")
                _wait_until_it_follows(primary)
                self.primary, self.standby = primary, standby
                sockets = f"{primary.sockets},{standby.sockets}"
                yield url_of(sockets, target_session_attrs="read-write")

    def strike(self, world: World, random: Random) -> str:
        if self._done:
            return ""
        self._done = True
        self.primary.kill()
        time.sleep(random.uniform(1, 3))
        self.standby.promote()
        return "primary killed, standby promoted"

    def missed(self, done: Mapping[str, int], *, is_long: bool) -> list[str]:
        return [] if self._done else ["the primary was never killed"]


def _wait_until_it_follows(primary: Cluster) -> None:
    deadline = time.monotonic() + FOLLOW_SECONDS
    while time.monotonic() < deadline:
        with psycopg.connect(primary.url, autocommit=True) as connection:
            row = connection.execute("SELECT sync_state FROM pg_stat_replication").fetchone()
        if row == ("sync",):
            return
        time.sleep(0.1)
    raise RuntimeError("The standby does not follow.")
