"""The database's volume runs full: a small tmpfs, which only root can mount."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from tests.prove.postgres import Cluster
from tests.prove.scenarios.base import OF_A_DEAD_DATABASE, Scenario, SkippedError
from tests.prove.world import World

VOLUME_MEGABYTES = 512
BLOCK = bytes(65536)


class FullDisk(Scenario):
    every_seconds = 8
    expected_errors = (*OF_A_DEAD_DATABASE, "DiskFull")

    @contextmanager
    def database(self) -> Iterator[str]:
        self.volume = self.directory / "volume"
        with _mounted(self.volume), Cluster(self.volume / "var").running() as self.cluster:
            self.cluster.execute("ALTER SYSTEM SET max_wal_size = '64MB'")
            self.cluster.execute("ALTER SYSTEM SET min_wal_size = '32MB'")
            self.cluster.execute("SELECT pg_reload_conf()")
            yield self.cluster.url

    def strike(self, world: World, random: Random) -> str:
        """Full for some seconds. Where the log of transactions cannot grow, PostgreSQL ends itself."""
        ballast = self.volume / "ballast"
        deadline = time.monotonic() + random.uniform(3, 8)
        with ballast.open("ab", buffering=0) as file:
            while time.monotonic() < deadline:
                try:
                    file.write(BLOCK)
                except OSError:  # full; what PostgreSQL gives free is taken, too
                    time.sleep(0.05)
        ballast.unlink()
        if self.cluster.is_running():
            return "disk full"
        self.cluster.start()
        return "disk full, PostgreSQL ended"

    def heal(self, world: World) -> None:
        if not self.cluster.is_running():
            self.cluster.start()


@contextmanager
def _mounted(path: Path) -> Iterator[None]:
    path.mkdir()
    if os.geteuid() != 0:
        raise SkippedError("only root can mount a volume")
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={VOLUME_MEGABYTES}m", "tmpfs", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mount.returncode:
        raise SkippedError(f"a volume cannot be mounted: {mount.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)
