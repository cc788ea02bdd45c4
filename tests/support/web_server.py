"""The application behind a real gunicorn, in its own processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def web_server(database_url: str, **environment: str) -> Iterator[str]:
    """Yields its base URL. `environment` are settings, as strings."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", "--config", "python:config.process.gunicorn"]
    server = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}", "config.wsgi:application"],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": database_url,
            "PUBLIC_URL": url,
            "LOG_LEVEL": "CRITICAL",
            **environment,
        },
        start_new_session=True,
    )
    try:
        _wait_for(port, server)
        yield url
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The web server did not start.")
