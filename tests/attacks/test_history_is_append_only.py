"""Who has the program's own role tries to change what has happened: by settings, by statements, by functions."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import errors, sql

from tests.support.database import copied_database

ROOT = Path(__file__).resolve().parents[2]
ROLE = "payments_app_of_a_test"

HISTORY = (
    "payments_channelevent",
    "payments_posevent",
    "billing_ledgerentry",
    "billing_paymentevent",
    "vault_accesslog",
    "audit_entry",
    "audit_day",
)


def manage(url: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": url, "DATABASE_APP_ROLE": ROLE, **more}
    command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def urls() -> Iterator[tuple[str, str]]:
    """A database with the demo's rows: its owner's address, and the role's."""
    with copied_database() as owner:
        made = manage(owner, "make_app_role")
        assert made.returncode == 0, made.stderr
        parts = urlsplit(owner)
        role = parts._replace(netloc=f"{ROLE}@{parts.netloc.rpartition('@')[2]}").geturl()
        loaded = manage(role, "load_demo")  # as the role: COPY, temporary tables, history, sequences
        assert loaded.returncode == 0, loaded.stderr
        yield owner, role
    with (
        suppress(errors.DependentObjectsStillExist),  # a database that a killed run has left behind
        psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server,
    ):
        server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(ROLE)))


@pytest.fixture
def mallory(urls) -> Iterator[psycopg.Connection]:
    """Has the program's role: SQL injection, a stolen DATABASE_URL."""
    with psycopg.connect(urls[1], autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("table", HISTORY)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}", "TRUNCATE {} CASCADE"])
def test_rows_are_not_removed(mallory, table, statement):
    with pytest.raises(errors.InsufficientPrivilege):
        mallory.execute(sql.SQL(statement).format(sql.Identifier(table)))


def test_rows_are_not_changed(mallory):
    with pytest.raises(errors.InsufficientPrivilege):
        mallory.execute("UPDATE payments_channelevent SET name = 'other'")
    with pytest.raises(errors.InsufficientPrivilege):
        mallory.execute("UPDATE billing_ledgerentry SET amount = 1")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_entry (actor) VALUES ('somebody else')",
        "UPDATE audit_entry SET actor = 'somebody else'",
        "UPDATE audit_day SET count = 0",
        "UPDATE audit_seal SET count = 0",
        "DELETE FROM audit_seal",
        "ALTER TABLE audit_entry DISABLE TRIGGER audit_chain",
        "CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    ],
)
def test_the_audit_log_is_written_by_its_function_alone(mallory, statement):
    mallory.execute("SELECT audit_append('person','eve',1,NULL,'','changed','','','',NULL,NULL,'')")
    with pytest.raises(errors.InsufficientPrivilege):
        mallory.execute(statement)


SETTINGS = (
    "SELECT set_config('pgtrigger.ignore', array_agg(tgname)::text, false) FROM pg_trigger "
    "WHERE tgname LIKE 'pgtrigger%'",
    "SET pgtrigger.ignore = '{pgtrigger_insert_insert_1,pgtrigger_update_update_1}'",
)


@pytest.mark.parametrize("setting", SETTINGS)
def test_no_setting_switches_history_off(mallory, setting):
    mallory.execute(setting)
    before = mallory.execute("SELECT count(*) FROM payments_channelevent").fetchone()
    mallory.execute(
        "UPDATE payments_channel SET name = name || ' changed' WHERE id = (SELECT min(id) FROM payments_channel)"
    )
    after = mallory.execute("SELECT count(*) FROM payments_channelevent").fetchone()
    assert before is not None
    assert after == (before[0] + 1,)


@pytest.mark.parametrize("setting", SETTINGS)
def test_nor_for_the_owner(urls, setting):
    with psycopg.connect(urls[0]) as owner:
        owner.execute(setting)
        with pytest.raises(errors.RaiseException):
            owner.execute("DELETE FROM payments_channelevent")


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "ALTER TABLE payments_channel DISABLE TRIGGER ALL",
        "ALTER TABLE payments_channelevent DISABLE TRIGGER USER",
        "DROP TRIGGER pgtrigger_update_update ON payments_channel",
        "DROP TABLE payments_channelevent",
        "ALTER TABLE payments_channelevent RENAME TO gone",
        "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean "
        "LANGUAGE sql AS 'SELECT true'",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TABLE public.mine (id int)",
        "SET ROLE postgres",
        "DELETE FROM django_migrations",
        "COPY payments_channelevent TO PROGRAM 'cat'",
        "ALTER SYSTEM SET log_statement = 'all'",
        "CREATE ROLE other SUPERUSER",
        "GRANT postgres TO CURRENT_USER",
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC; ALTER DATABASE postgres SET x.y = 1",
    ],
)
def test_what_only_the_owner_may(mallory, statement):
    with pytest.raises((errors.InsufficientPrivilege, errors.UndefinedObject)):
        mallory.execute(statement)


def test_the_role_owns_nothing(mallory):
    owned = mallory.execute(
        "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
    ).fetchone()
    assert owned == (0,)


def test_the_program_works_with_it(urls, tmp_path):
    """Look-ups, writes and the sweep; the demo's imports ran as the role already."""
    assert manage(urls[1], "find_card_numbers", VAR_DIR=str(tmp_path)).returncode == 0
    for arguments in (("rotate_encryption_keys",), ("check",)):
        done = manage(urls[1], *arguments)
        assert done.returncode == 0, done.stderr + done.stdout
