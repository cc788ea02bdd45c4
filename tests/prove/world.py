"""What the proof starts: the bank simulator, the application, its workers. All in processes of their own."""

import math
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.bank.client import ROOT, BankProcess

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
"""Where it is installed (Debian: libfaketime) the clock of whole processes is set, else only Django's: `wsgi.py`."""


@dataclass(frozen=True)
class Setup:
    """`web_clock_behind`: how many seconds the web server's clock is behind the others'."""

    seed: int
    web_workers: int = 3
    workers_of_each_queue: int = 1
    web_clock_behind: int = 0
    pace: float = 1
    """Of every delay, the bank's and ours: a short run has half of them."""
    database_url: str = field(default="", repr=False)
    """Of the application, where it is not the proof's own: a proxy stands between."""


class World:
    """Everything that runs, with the environment that it runs in."""

    def __init__(self, directory: Path, log: Path, setup: Setup) -> None:
        self.setup = setup
        self.crash_file = directory / "crash"
        self.log_file = log
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.bank = BankProcess(seed=setup.seed)
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self.web: subprocess.Popen[bytes] | None = None
        self.restarts = 0
        self._log = self.log_file.open("wb")

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PUBLIC_URL": self.base_url,
            "CRASH_FILE": str(self.crash_file),
            "GATEWAY_TIMEOUT_SECONDS": str(3 * self.setup.pace),
            "IN_FLIGHT_SECONDS": self._seconds(5),
            "THREE_D_MINUTES": str(0.1 * self.setup.pace),
            "RECONCILE_DELAYS": self._seconds(2, 2, 3),
            "RECONCILE_CASE_AFTER": "30",
            "RECHECK_DELAYS": self._seconds(2, 3, 5),
            "WORKER_SEEN_SECONDS": "4",
            "HUB_ALLOW_PRIVATE_CALLBACKS": "true",
            "HUB_TIMEOUT_SECONDS": "1",
            "HUB_DELAYS": ",".join(["1"] * 60),
            "WEB_WORKERS": str(self.setup.web_workers),
            "WEB_THREADS": "4",
            "LOG_LEVEL": "INFO",
            "GATEWAY_BREAKER_SECONDS": "1",  # so many faults open it all the time
            # a few payers pay everything
            **{f"VELOCITY_PER_{name}": "0" for name in ("BILL", "CARD", "ACCOUNT", "ADDRESS")},
            "LOGIN_RATE": "1000/min",
        }

    def _seconds(self, *seconds: int) -> str:
        return ",".join(str(math.ceil(number * self.setup.pace)) for number in seconds)

    def start(self) -> None:
        """Returns when the web server takes connections."""
        self._start_web()
        for queue in ("default", "bank", "hub"):
            for number in range(self.setup.workers_of_each_queue):
                self._start_worker(f"{queue} {number}")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("The application did not start.")

    def tend(self) -> None:
        """Start again what was killed; gunicorn does so for its workers."""
        for name, process in list(self.workers.items()):
            if process.poll() is not None:
                self.restarts += 1
                self._start_worker(name)
        if self.web is not None and self.web.poll() is not None:
            self.restarts += 1
            self._start_web()

    def web_processes(self) -> list[int]:
        """The web server's workers. Empty on systems without /proc."""
        if self.web is None:
            return []
        children = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children")
        return [int(pid) for pid in children.read_text().split()] if children.exists() else []

    def arm(self, point: str) -> None:
        draft = self.crash_file.with_suffix(".draft")
        draft.write_text(point)
        draft.rename(self.crash_file)

    def is_armed(self) -> bool:
        return self.crash_file.exists()

    def disarm(self) -> None:
        self.crash_file.unlink(missing_ok=True)

    def stop_processes(self) -> None:
        """The application only: the bank's books can still be read."""
        self.disarm()
        processes = [*self.workers.values(), *([self.web] if self.web else [])]
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            with suppress(ProcessLookupError):  # the whole group: what a killed server has left, too
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.workers.clear()
        self.web = None

    def stop(self) -> None:
        self.stop_processes()
        self.bank.__exit__()
        self._log.close()

    def _start_web(self) -> None:
        bind = f"127.0.0.1:{self.port}"
        # preloaded: the next one is there at once, to be killed again
        arguments = ["gunicorn", "--config", "python:config.process.gunicorn", "--preload", "--bind", bind]
        self.web = self._spawn([*arguments, "tests.prove.wsgi:application"], self._web_clock())

    def _web_clock(self) -> dict[str, str]:
        behind = self.setup.web_clock_behind
        if not behind:
            return {}
        if FAKETIME is None:
            return {"WEB_CLOCK_BEHIND": str(behind)}
        return {"LD_PRELOAD": str(FAKETIME), "FAKETIME": f"-{behind}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

    def _start_worker(self, name: str) -> None:
        self.workers[name] = self._spawn(["tests.prove.worker", name.split()[0]])

    def _spawn(self, module: list[str], more: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        environment = {**os.environ, **self.environment, **(more or {})}
        if self.setup.database_url:
            environment["DATABASE_URL"] = self.setup.database_url
        return subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=ROOT,
            env=environment,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
