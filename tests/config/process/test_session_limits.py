"""How long a statement may run, and what becomes of the statement of a client that is gone."""

import os
import subprocess
import sys
import time

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from config.process.session_limits import limit_requests, limit_statements
from payments.importing.bin_numbers import import_bin_numbers
from tests.support.factories import CardFactory
from tests.support.files import csv_file


def setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        return cursor.fetchone()[0]


def test_requests_have_a_short_one(monkeypatch):
    options = {"options": "-c statement_timeout=3600000"}
    monkeypatch.setitem(settings.DATABASES["default"], "OPTIONS", options)
    limit_requests()
    assert options["options"].endswith("-c statement_timeout=60000")


@pytest.mark.parametrize(
    ("module", "limit"), [("config.wsgi", "7s 5s"), ("django.conf", "1h 5s")], ids=["web server", "command"]
)
def test_which_process_has_which(module, limit, db):
    program = f"import django; django.setup(); import {module}; from django.db import connection as c; "
    program += "x = c.cursor(); x.execute('SELECT current_setting(%s), current_setting(%s)', "
    program += "['statement_timeout', 'client_connection_check_interval']); print(*x.fetchone())"
    own = {"DJANGO_SETTINGS_MODULE": "config.settings", "STATEMENT_SECONDS": "7"}
    command = [sys.executable, "-W", "ignore", "-c", program]
    told = subprocess.run(command, env={**os.environ, **own}, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == limit


def test_the_address_of_the_database_has_the_last_word():
    options = {"options": "-c statement_timeout=5s"}
    limit_statements(options, statement_seconds=1, client_seconds=0)
    expected = "-c statement_timeout=1000 -c client_connection_check_interval=0 -c statement_timeout=5s"
    assert options["options"] == expected


@pytest.mark.django_db(transaction=True)
def test_an_import_has_its_own(channel):
    seen = []

    def note(done, total, stage):
        if stage == "saving":
            seen.append(setting("statement_timeout"))

    with import_bin_numbers(card=CardFactory(channel=channel), file=csv_file("411979\n"), progress=note):
        assert seen == ["30min"]
    assert setting("statement_timeout") != "30min"  # of the session, as before


@pytest.mark.django_db(transaction=True)
def test_the_statement_of_a_killed_client_ends():
    """psycopg is told nothing: the socket closes, as it does when a process is killed."""
    parameters = connection.get_connection_params()
    wanted = {name: parameters[name] for name in ("dbname", "user", "host", "port") if parameters.get(name)}
    client = psycopg.connect(**wanted, options="-c client_connection_check_interval=100")
    client.pgconn.send_query(b"SELECT pg_sleep(60)")
    backend = client.info.backend_pid
    client.pgconn.finish()
    deadline = time.monotonic() + 20
    while is_running(backend):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_running(backend: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [backend])
        return bool(cursor.fetchone()[0])
