"""A pytest plugin that must load before Django's settings: real PostgreSQL for the suite.

DATABASE_URL names a server; without it an embedded one is started below `<VAR_DIR>/test`, apart from the data of
`make run`.
"""

import hashlib
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from pytest_django import DjangoDbBlocker

from config.process import embedded

ROOT = Path(__file__).resolve().parents[2]

# Nothing of a test's server has to outlive a power cut, and no query is long enough to be worth compiling.
SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "jit": "off"}


def _provide() -> None:
    if os.environ.get("DATABASE_URL"):
        return
    embedded.provide_database_url()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        for name, value in SETTINGS.items():
            server.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        server.execute("SELECT pg_reload_conf()")


def provide_template() -> str:
    """The name of a migrated database that test databases are copied from: copying takes a second, migrating many.

    It is made once for each state of the migrations and packages, by whoever comes first.
    """
    name = f"suite_{_migrations_hash()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext('suite template'))")
        known = {
            row[0] for row in server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'suite_%'")
        }
        if name not in known:
            for old in known:
                server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
            building = f"suite_building_{os.getpid()}"
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
            url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{building}").geturl()
            command = [sys.executable, "-W", "ignore", "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, check=True)
            server.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(building), sql.Identifier(name)
                )
            )
    return name


@contextmanager
def copied_database() -> Iterator[str]:
    """The URL of a migrated database for processes that a test starts. Dropped afterwards."""
    template, name = provide_template(), f"copy_{uuid.uuid4().hex}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _migrations_hash() -> str:
    content = hashlib.sha256((ROOT / "constraints.txt").read_bytes())
    after = ROOT / "config/process/app_role.py"  # what is done after each migrate
    for path in [*sorted(ROOT.glob("[bcpv]*/**/migrations/*.py")), after]:
        content.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return content.hexdigest()[:16]


def empty_tables(keep: set[str]) -> None:
    """Every table that a model manages, but for `keep`, in one statement.

    DELETE, and only where there are rows: TRUNCATE makes new files for every table and index, which takes a
    hundred times as long on small tables. The role `replica` (for superusers) leaves out foreign keys and the
    triggers that make tables append-only.
    """
    from django.db import connection

    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - keep
    quoted = (connection.ops.quote_name(table) for table in sorted(tables))
    deletes = " ".join(
        f"IF EXISTS (SELECT FROM {table}) THEN DELETE FROM {table}; END IF;" for table in quoted
    )
    with transaction_as_replica(connection) as cursor:
        cursor.execute(f"DO $$ BEGIN {deletes} END $$")


def end_other_sessions() -> None:
    """Of the tests' database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    connection.close()  # Playwright's loop may have left another context, whose connection nobody closes


@contextmanager
def shared_rows(blocker: DjangoDbBlocker) -> Iterator[None]:
    """For a fixture of a module: its rows are seen by all tests of the module with `db`, then rolled back.

    The transaction is a TestCase's, in which Django allows durable ones.
    """
    from django.test import TestCase

    with blocker.unblock():
        atomics = TestCase._enter_atomics()
        try:
            yield
        finally:
            TestCase._rollback_atomics(atomics)


@contextmanager
def transaction_as_replica(connection):
    from django.db import transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor


os.environ["VAR_DIR"] = str(embedded.var_dir() / "test")
os.environ.setdefault("ENVIRONMENT", "development")
_provide()


if __name__ == "__main__":  # `make template`
    provide_template()
