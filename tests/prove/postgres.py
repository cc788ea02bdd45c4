"""Servers of the proof's own: killed, started again, copied, promoted."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from config.process.embedded import EmbeddedServer, identity, let_through


class Cluster(EmbeddedServer):
    @property
    def url(self) -> str:
        return url_of(str(self.sockets))

    @contextmanager
    def running(self) -> Iterator["Cluster"]:
        self.acquire()
        try:
            yield self
        finally:
            if not self.is_running():
                self._forget_users()
            else:
                self.release()

    def start(self) -> None:
        self._start()

    def is_running(self) -> bool:
        return self._control("status", check=False) == 0

    def kill(self) -> None:
        """As after a power cut: no checkpoint. The next start recovers from the log."""
        self._control("stop", "--mode=immediate", "--wait", check=False)

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)

    def copy_of(self, primary: "Cluster") -> None:
        """Become a standby that streams from a running server. Not started yet."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self._prepare_directories()
        self._program(
            "pg_basebackup", f"--pgdata={self.data}", f"--host={primary.sockets}", "--username=postgres",
            "--wal-method=stream", "--write-recovery-conf", "--checkpoint=fast",
        )  # fmt: skip

    def back_up(self, target: Path) -> None:
        """A base backup of the running server, as `pg_basebackup` makes it."""
        _make(target)
        self._program(
            "pg_basebackup", f"--pgdata={target}", f"--host={self.sockets}", "--username=postgres",
            "--checkpoint=fast", "--wal-method=stream",
        )  # fmt: skip

    def receive_log(self, target: Path) -> "subprocess.Popen[bytes]":
        """`pg_receivewal`: a copy of the log, as it is written."""
        _make(target)
        program = [str(self._programs() / "pg_receivewal"), f"--directory={target}", "--synchronous"]
        connection = [f"--host={self.sockets}", "--username=postgres"]
        return subprocess.Popen([*program, *connection], stderr=subprocess.DEVNULL, **identity())

    def is_received(self) -> bool:
        """Whether a copy of the log has all of it."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            query = "SELECT pg_current_wal_flush_lsn() <= coalesce(max(flush_lsn), '0/0') FROM pg_stat_replication"
            return bool(connection.execute(query).fetchone()[0])

    def recover_from(self, log: Path) -> None:
        """Start from a base backup in its folder, and read the log to its end."""
        with (self.data / "postgresql.auto.conf").open("a") as conf:
            conf.write(f"restore_command = 'cp {log}/%f %p'\nrecovery_target_timeline = 'latest'\n")
        (self.data / "recovery.signal").touch()
        for path in (self.data, *self.data.rglob("*"), log, *log.iterdir()):
            _own(path)
        self.data.chmod(0o700)
        let_through(log)
        self._start()
        with psycopg.connect(self.url, autocommit=True) as connection:
            while connection.execute("SELECT pg_is_in_recovery()").fetchone()[0]:
                time.sleep(0.1)

    def promote(self) -> None:
        self._control("promote", "--wait")

    def _forget_users(self) -> None:
        self._users.close()
        for socket in self.sockets.iterdir():
            socket.unlink()
        self.sockets.rmdir()


def _make(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    _own(folder)
    let_through(folder)


def _own(path: Path) -> None:
    """Give it to the user that the server runs as."""
    user = identity()
    if user:
        os.chown(path, user["user"], user["group"])


def url_of(host: str, port: int | None = None, **options: str) -> str:
    """`host` is a host, a socket's folder, or several with commas between."""
    query = {"host": host, **({"port": str(port)} if port else {}), **options}
    return "postgresql://postgres@/postgres?" + "&".join(
        f"{name}={quote(value, safe=',')}" for name, value in query.items()
    )
