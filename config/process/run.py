"""`make run`: starts and stops everything together.

Database, migrations, demo data (in an empty database), the first user, web server and workers.
"""

import errno
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from types import FrameType

from environs import FileAwareEnv

from config.process import embedded

WORKERS = {"default": 1, "bank": 8, "hub": 16}
"""Jobs at a time of each queue's worker. Banks and listeners may be slow, so their queues delay nothing else."""


MOST_ENDS, END_SECONDS = 5, 60.0
"""A process that ends so often in so many seconds is not started again: everything stops."""


class Child:
    """A process that is started again when it ends by itself, for example killed for its memory."""

    def __init__(self, name: str, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self._name, self._start = name, start
        self._ends: deque[float] = deque(maxlen=MOST_ENDS)
        self.process = start()

    def tend(self) -> bool:
        """False where it ends again and again."""
        if self.process.poll() is None:
            return True
        self._ends.append(time.monotonic())
        if len(self._ends) == MOST_ENDS and self._ends[-1] - self._ends[0] < END_SECONDS:
            return False
        print(f"{self._name} ended ({self.process.returncode}) and is started again.", flush=True)
        self.process = self._start()
        return True


class Stopped(Exception):
    """SIGINT, SIGTERM or SIGHUP."""


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    children: list[Child] = []
    try:
        _refuse_taken_port(host, port)
        server = embedded.provide_database_url()
        os.environ.setdefault("PUBLIC_URL", _base_url(host, port))
        _prepare()
        _give_up_ownership(server)
        children.append(Child("The web server", partial(_start_web, host, port)))
        children += [Child(f"The worker of {queue}", partial(_start_worker, queue)) for queue in WORKERS]
        _wait_until_served(host, port, children)
        _announce(host, port)
        return _tend(children)
    except Stopped:
        print("\nStopping …", flush=True)
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C does not interrupt stopping
        _stop_children(children)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _refuse_taken_port(host: str, port: int) -> None:
    """Raises SystemExit with one line."""
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SystemExit(
                f"Port {port} is taken. Stop what listens there, or choose another: PORT=8001"
            ) from None
        raise SystemExit(
            f"Cannot listen on {host}, port {port}: {error.strerror}. See HOST and PORT."
        ) from None


def _prepare() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from config.process import metrics

    metrics.start_counting()

    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_demo", only_empty=True)
    _make_operator()


def _give_up_ownership(server: embedded.EmbeddedServer | None) -> None:
    """Web server and workers run as a role that owns nothing. Of an external server the operator makes it (README)."""
    if server is None:
        return
    from config.process import app_role

    app_role.create(app_role.EMBEDDED_ROLE)
    os.environ["DATABASE_URL"] = server.url_as(app_role.EMBEDDED_ROLE)


def _make_operator() -> None:
    """Create the first user. Its generated password is printed once."""
    from django.contrib.auth import get_user_model

    users = get_user_model()._default_manager
    env = FileAwareEnv(strip_whitespace=True)
    name = env.str("DJANGO_SUPERUSER_USERNAME", "operator")
    if users.filter(username=name).exists():
        return
    given = env.str("DJANGO_SUPERUSER_PASSWORD", "")
    password = given or secrets.token_urlsafe(12)
    users.create_superuser(username=name, password=password)
    print(f"Account {name} created" + ("." if given else f", password (shown once): {password}"), flush=True)


def _start_web(host: str, port: int) -> subprocess.Popen[bytes]:
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return _spawn(
        "gunicorn", "--config", "python:config.process.gunicorn", "--bind", bind, "config.wsgi:application"
    )


def worker_arguments(queue: str) -> list[str]:
    """Of `manage.py` for the worker of a queue."""
    return [
        "procrastinate", "worker", "--queues", queue, "--concurrency", str(WORKERS[queue]),
        "--shutdown-graceful-timeout", str(_grace_seconds()),
    ]  # fmt: skip


def _start_worker(queue: str) -> subprocess.Popen[bytes]:
    return _spawn("config.process.manage", *worker_arguments(queue))


def _spawn(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    # In its own session: Ctrl-C reaches only this process, which stops the others in order.
    return subprocess.Popen([sys.executable, "-m", module, *arguments], start_new_session=True)


def _wait_until_served(host: str, port: int, children: list[Child]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and all(child.process.poll() is None for child in children):
        try:
            socket.create_connection((host, port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("The web server did not start.")


def _announce(host: str, port: int) -> None:
    base = _base_url(host, port)
    lines = ("Admin", "/admin/"), ("API", "/api/v1/"), ("API docs", "/api/docs/")
    shown = [f"{name + ':':10}{base}{path}" for name, path in lines]
    if os.environ.get("ENVIRONMENT", "development") != "production":
        shown.append("Keys:     .venv/bin/python manage.py sandbox")
    print("\n".join([*shown, "Ctrl-C stops it."]), flush=True)


def _base_url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _tend(children: list[Child]) -> int:
    """Until one of them ends again and again, which is a failure."""
    while all(child.tend() for child in children):
        time.sleep(0.5)
    return 1


def _grace_seconds() -> float:
    """How long web server and workers may take to stop: a call of a bank ends, and what is written after it."""
    return FileAwareEnv().float("GATEWAY_TIMEOUT_SECONDS", 30.0) + 15


def _stop_children(children: list[Child]) -> None:
    processes = [child.process for child in children]
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + _grace_seconds()
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
