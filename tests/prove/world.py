"""What the proof starts: a database of its own, the bank simulator, the application, a reconciler."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.support.bank.client import ROOT, BankProcess

WORKERS = 3


class World:
    """Everything that runs, with the environment that it runs in."""

    def __init__(self, directory: Path, seed: int, reconcilers: int = 1, clock_behind: float = 0) -> None:
        """`clock_behind`: how many seconds the web server's clock is behind the others'."""
        self.crash_file = directory / "crash"
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.bank = BankProcess(seed=seed)
        self._reconcilers = reconcilers
        self.processes: list[subprocess.Popen[bytes]] = []
        self.log = (directory / "log").open("wb")
        self.environment = {
            "PUBLIC_URL": self.base_url,
            "CRASH_FILE": str(self.crash_file),
            "GATEWAY_TIMEOUT_SECONDS": "3",
            "IN_FLIGHT_SECONDS": "5",
            "THREE_D_MINUTES": "0.1",
            "RECONCILE_DELAYS": "2,2,3",
            "RECONCILE_CASE_AFTER": "30",
            "RECHECK_DELAYS": "3,3,4,5,6",
            "WEB_CLOCK_BEHIND": str(clock_behind),
            "WEB_WORKERS": str(WORKERS),
            "WEB_THREADS": "4",
            "LOG_LEVEL": "INFO",
            "GATEWAY_BREAKER_SECONDS": "1",  # so many faults open it all the time
            **{
                f"VELOCITY_PER_{name}": "0" for name in ("BILL", "CARD", "ACCOUNT", "ADDRESS")
            },  # one account pays
            "LOGIN_RATE": "1000/min",
        }

    def start(self) -> None:
        os.environ.update(self.environment)
        bind = f"127.0.0.1:{self.port}"
        self.web = self._spawn(
            "gunicorn",
            "--config",
            "python:config.process.gunicorn",
            "--bind",
            bind,
            "tests.prove.wsgi:application",
        )
        self.reconcilers = [self._spawn("tests.prove.reconciler") for _ in range(self._reconcilers)]
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("The application did not start.")

    def tend(self) -> None:
        """Start a reconciler again where it was killed; gunicorn does the same for its workers."""
        for place, process in enumerate(self.reconcilers):
            if process.poll() is not None:
                self.processes.remove(process)
                self.reconcilers[place] = self._spawn("tests.prove.reconciler")

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
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(20)
        self.processes.clear()

    def stop(self) -> None:
        self.stop_processes()
        self.bank.__exit__()
        self.log.close()

    def _spawn(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", module, *arguments]
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True
        )
        self.processes.append(process)
        return process
