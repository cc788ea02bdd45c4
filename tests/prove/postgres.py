"""Servers of the proof's own: killed, started again, copied, promoted."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import psycopg

from config.process.embedded import EmbeddedServer


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

    def promote(self) -> None:
        self._control("promote", "--wait")

    def _forget_users(self) -> None:
        self._users.close()
        for socket in self.sockets.iterdir():
            socket.unlink()
        self.sockets.rmdir()


def url_of(host: str, port: int | None = None, **options: str) -> str:
    """`host` is a host, a socket's folder, or several with commas between."""
    query = {"host": host, **({"port": str(port)} if port else {}), **options}
    return "postgresql://postgres@/postgres?" + "&".join(
        f"{name}={quote(value, safe=',')}" for name, value in query.items()
    )
