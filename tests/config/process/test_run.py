"""`make run`'s program: starts all, stops all, keeps the data, beside another of its kind."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from config.process.embedded import EmbeddedServer

PROJECT = Path(__file__).resolve().parents[3]
PASSWORD = "a password of the test"
HTTP = httpx.Client(timeout=30)  # a busy machine hashes a password slowly


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Running:
    """`python -m config.process.run` with a VAR_DIR of its own."""

    def __init__(self, directory: Path, **environment: str) -> None:
        self.directory, self.port, self.lines = directory, free_port(), []
        self.base = f"http://127.0.0.1:{self.port}"
        inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.process.run"],
            cwd=PROJECT,
            env={
                **inherited,
                "VAR_DIR": str(directory),
                "PORT": str(self.port),
                "WEB_WORKERS": "1",
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.served = threading.Event()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        with self.process.stdout as lines:
            for line in lines:
                self.lines.append(line.rstrip())
                if line.startswith("Ctrl-C"):
                    self.served.set()

    def wait(self) -> "Running":
        assert self.served.wait(400), "\n".join(self.lines)
        return self

    def ready(self) -> "Running":
        """Its workers have started, too: one that is stopped while it starts may print where it was."""
        for _ in range(240):
            if HTTP.get(f"{self.base}/readyz").status_code == 200:
                return self
            time.sleep(0.5)
        raise AssertionError("\n".join(self.lines))

    def complaints(self) -> list[str]:
        return [line for line in self.lines if "Traceback" in line or "Warning" in line]

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        status = self.process.wait(30)
        self.reader.join(10)
        return status

    def processes(self) -> list[psutil.Process]:
        """All that belongs to it: what names its folder or has it in its environment."""
        found = []
        for process in psutil.process_iter():
            try:
                mine = str(self.directory) in " ".join(process.cmdline())
                if mine or process.environ().get("VAR_DIR") == str(self.directory):
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found


@dataclass(frozen=True)
class FirstStart:
    """What a first start left: its folder (copied before use) and the generated password."""

    directory: Path
    password: str


@pytest.fixture(scope="module")
def first_start(tmp_path_factory) -> FirstStart:
    """A first start makes a database and migrates it, which takes long: the tests share one."""
    directory = tmp_path_factory.mktemp("first") / "var"
    running = Running(directory).wait().ready()
    assert running.stop() == 0
    assert running.complaints() == [], "\n".join(running.lines)
    [told] = [line for line in running.lines if "password" in line]
    return FirstStart(directory, told.rsplit(" ", 1)[1])


@pytest.fixture
def start(tmp_path, first_start):
    started: list[Running] = []

    def run(name: str = "a var with spaces", **environment: str) -> Running:
        directory = tmp_path / name
        if not directory.exists():
            subprocess.run(["cp", "-a", str(first_start.directory), str(directory)], check=True)
        started.append(Running(directory, **environment))
        return started[-1]

    yield run
    for running in started:
        if running.process.poll() is None:
            running.stop(signal.SIGTERM)


@pytest.fixture(scope="module")
def second_start(tmp_path_factory, first_start) -> Iterator[Running]:
    """The same data once more, with a second user: for tests that only look at what runs."""
    directory = tmp_path_factory.mktemp("second") / "a var with spaces"
    subprocess.run(["cp", "-a", str(first_start.directory), str(directory)], check=True)
    password = directory.parent / "password"
    password.write_text(f"{PASSWORD}\n")
    running = Running(
        directory, DJANGO_SUPERUSER_USERNAME="olga", DJANGO_SUPERUSER_PASSWORD_FILE=str(password)
    )
    yield running.wait()
    running.stop(signal.SIGTERM)


def log_in(running: Running, password: str, username: str = "operator") -> dict[str, str]:
    """The headers of a new token."""
    body = {"username": username, "password": password}
    response = HTTP.post(f"{running.base}/api/v1/auth/login/", json=body)
    assert response.status_code == 200
    return {"Authorization": f"Token {response.json()['key']}"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_starts_all_and_leaves_nothing_behind(start, number, first_start):
    running = start().wait()
    assert HTTP.get(f"{running.base}/healthz").json() == {"status": "ok"}
    headers = log_in(running, first_start.password)
    channels = HTTP.get(f"{running.base}/api/v1/channels/", headers=headers).json()
    assert [channel["slug"] for channel in channels["results"]] == ["shop"]
    for path in ("/admin/login/", "/api/docs/", "/api/schema/", "/static/admin/css/base.css"):
        assert HTTP.get(running.base + path).status_code == 200, path
    assert len(running.processes()) >= 4  # itself, web server, worker, database
    assert running.stop(number) == 0
    # pg_ctl waits for the server's pid file to go, which is a moment before its process does.
    assert psutil.wait_procs(running.processes(), timeout=20)[1] == []
    assert running.complaints() == [], "\n".join(running.lines)


def test_the_password_of_a_new_user_may_be_given_in_a_file(second_start):
    log_in(second_start, PASSWORD, "olga")
    assert PASSWORD not in repr(second_start.lines)


def test_a_second_start_keeps_the_data_and_the_password_is_printed_once(second_start, first_start):
    assert not [line for line in second_start.lines if first_start.password in line or "Demo" in line]
    log_in(second_start, first_start.password)


def test_two_run_side_by_side(start):
    one, other = start("one"), start("other")
    one.wait()
    other.wait()
    one.stop()
    assert HTTP.get(f"{other.base}/healthz").status_code == 200
    assert psutil.wait_procs(one.processes(), timeout=20)[1] == []
    assert len(other.processes()) >= 4


def test_a_command_joins_the_running_database_and_leaves_it_running(second_start):
    running = second_start
    result = subprocess.run(
        [
            sys.executable,
            "manage.py",
            "shell",
            "-c",
            "from payments.models import Card; print(Card.objects.count())",
        ],
        cwd=PROJECT,
        env={
            **{k: v for k, v in os.environ.items() if k != "DATABASE_URL"},
            "VAR_DIR": str(running.directory),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.split()[-1] == "5"
    assert HTTP.get(f"{running.base}/admin/login/").status_code == 200


def test_a_killed_start_does_not_hinder_the_next(start):
    running = start().wait()
    killed = running.processes()
    for process in killed:
        process.kill()
    running.process.wait(10)
    running.reader.join(10)
    psutil.wait_procs(killed, timeout=10)
    assert HTTP.get(f"{start().wait().base}/healthz").status_code == 200


def test_a_number_that_is_anothers_now_does_not_keep_it_from_starting(start):
    """After an unclean stop a process of ours, a test, has the number that postmaster.pid names."""
    running = start().wait()
    killed = running.processes()
    for process in killed:
        process.kill()
    running.process.wait(10)
    running.reader.join(10)
    psutil.wait_procs(killed, timeout=10)
    file = running.directory / "postgres" / "postmaster.pid"
    lines = file.read_text().split("\n")
    file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    assert HTTP.get(f"{start().wait().base}/healthz").status_code == 200


def test_a_killed_worker_is_started_again_and_stops_nothing(start):
    running = start().wait().ready()
    [worker] = [
        process
        for process in running.processes()
        if "procrastinate" in " ".join(process.cmdline()) and "hub" in process.cmdline()
    ]
    worker.kill()
    for _ in range(100):
        if [line for line in running.lines if "is started again" in line]:
            break
        time.sleep(0.1)
    assert "The worker of hub ended (-9) and is started again." in running.lines
    assert HTTP.get(f"{running.ready().base}/healthz").status_code == 200
    assert running.stop() == 0


def test_a_restarted_database_costs_no_request(second_start):
    running = second_start
    headers = log_in(running, PASSWORD, "olga")
    sockets = EmbeddedServer(running.directory).sockets
    with psycopg.connect(host=str(sockets), user="postgres", dbname="postgres", autocommit=True) as database:
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    statuses = [HTTP.get(f"{running.base}/api/v1/banks/", headers=headers).status_code for _ in range(10)]
    assert set(statuses) == {200}


def test_nobody_else_reaches_the_database(second_start):
    """It trusts whoever reaches its socket."""
    sockets = EmbeddedServer(second_start.directory).sockets
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700


def test_a_foreign_folder_in_the_way_of_the_socket_is_refused(start, tmp_path):
    sockets = EmbeddedServer(tmp_path / "x").sockets
    sockets.symlink_to(tmp_path)
    try:
        running = start("x")
        assert running.process.wait(30) != 0
        running.reader.join(10)
        assert [line for line in running.lines if "belongs to another user" in line]
    finally:
        sockets.unlink()


def scheme_of_links(running: Running, password: str) -> str:
    """Of the next page, for a caller who claims what a proxy would say."""
    headers = log_in(running, password) | {"X-Forwarded-Proto": "https", "SCRIPT_NAME": "/x"}
    link = HTTP.get(f"{running.base}/api/v1/banks/?limit=1", headers=headers).json()["next"]
    scheme, _, rest = link.partition("://")
    assert rest.startswith(f"127.0.0.1:{running.port}/api/")
    return scheme


def test_the_scheme_is_what_the_settings_say(start, second_start, first_start):
    """A caller's X-Forwarded-Proto counts behind a proxy only, and nothing is told by a header SCRIPT_NAME."""
    assert scheme_of_links(second_start, first_start.password) == "http"
    behind = start(BEHIND_TLS_PROXY="1").wait()
    assert scheme_of_links(behind, first_start.password) == "https"


def test_every_line_of_a_log_is_json_and_masked(start):
    """Also what the web server says by itself, about requests that never reach Django."""
    running = start(LOG_FORMAT="json").wait()
    with socket.create_connection(("127.0.0.1", running.port)) as connection:
        connection.sendall(b"GARBAGE 4111111111111111 password=hunter2xyz\r\n\r\n")
        assert b" 400 " in connection.recv(1000)
    HTTP.get(f"{running.base}/nothing?pan=4111111111111111")
    running.stop()
    logged = running.lines[running.lines.index("Ctrl-C stops it.") + 1 :]
    told = ("Launching a worker", "Stopping")  # by procrastinate's command and by ours, to a person
    records = [json.loads(line) for line in logged if line and not line.startswith(told)]
    assert {record["logger"] for record in records} >= {"gunicorn.error", "payments.request"}
    assert "4111111111111111" not in repr(logged)
    assert "hunter2xyz" not in repr(logged)


def test_it_says_why_it_does_not_start(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        running = start(PORT=str(port))
        assert running.process.wait(30) == 1
        running.reader.join(10)
    assert running.lines == [f"Port {port} is taken. Stop what listens there, or choose another: PORT=8001"]
    assert running.processes() == []
