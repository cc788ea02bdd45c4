"""The role that the running program has in PostgreSQL: it owns nothing.

It reads and writes rows, but cannot change or empty tables, replace functions or switch triggers off. From tables whose
rows are never changed or deleted (history, ledger, access log) it has no right to do so either. Migrations run as the
owner; afterwards the owner grants what the new tables need (`grant`, after each migrate).

Triggers do not look at `pgtrigger.ignore`: a setting that any session can make would switch the books' rules off.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from psycopg.sql import SQL, Identifier, Literal

EMBEDDED_ROLE = "payments_app"

_IGNORES_NOTHING = """
    CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS 'SELECT false'
"""


def after_migrate(**_: Any) -> None:
    """A receiver of post_migrate: migrations that install triggers bring back the function of pgtrigger."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('_pgtrigger_should_ignore') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute(_IGNORES_NOTHING)
    if settings.DATABASE_APP_ROLE and role_exists(settings.DATABASE_APP_ROLE):
        grant(settings.DATABASE_APP_ROLE)


def role_exists(role: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role])
        return bool(cursor.fetchone()[0])


def create(role: str, password: str = "") -> None:
    """Create the role, or change its password, and grant what it needs. As the owner."""
    verb = SQL("ALTER" if role_exists(role) else "CREATE")
    secret = SQL("PASSWORD {}").format(Literal(password)) if password else SQL("")
    query = SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS {}")
    with connection.cursor() as cursor:
        cursor.execute(query.format(verb, Identifier(role), secret))
    grant(role)


def grant(role: str) -> None:
    """All rights of the role, from none: what a former version granted and this one does not is gone."""
    name = Identifier(role)
    database = Identifier(str(connection.settings_dict["NAME"]))
    statements = [
        SQL("REVOKE ALL ON DATABASE {} FROM {}").format(database, name),
        SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database, name),
        SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC, {}").format(name),
        SQL("GRANT USAGE ON SCHEMA public TO {}").format(name),
        SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {}").format(name),
        SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(name),
        SQL("GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {}").format(name),
        SQL("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}").format(name),
        SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}").format(name),
    ]
    for table, rights in _never_changed():
        listed = SQL(", ").join(map(SQL, rights))
        statements.append(SQL("REVOKE {} ON {} FROM {}").format(listed, Identifier(table), name))
    for table, allowed in _narrowed():
        statements.append(SQL("REVOKE ALL ON {} FROM {}").format(Identifier(table), name))
        listed = SQL(", ").join(map(SQL, allowed))
        statements.append(SQL("GRANT {} ON {} TO {}").format(listed, Identifier(table), name))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _narrowed() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Tables whose model says what the role may do: others are written by functions of the owner."""
    tables = set(connection.introspection.table_names())
    for model in apps.get_models(include_auto_created=True):
        rights = getattr(model, "app_role_rights", None)
        if rights and model._meta.db_table in tables:
            yield model._meta.db_table, rights


def _never_changed() -> Iterator[tuple[str, list[str]]]:
    """Tables with triggers that refuse every update or delete, and the rights that are pointless there."""
    tables = set(connection.introspection.table_names())
    for model in apps.get_models(include_auto_created=True):
        rights = [name for name, operation in _RIGHTS.items() if _is_protected(model, operation)]
        if rights and model._meta.db_table in tables:
            yield model._meta.db_table, rights


_RIGHTS: dict[str, Any] = {"UPDATE": pgtrigger.Update, "DELETE": pgtrigger.Delete}


def _is_protected(model: type[models.Model], operation: Any) -> bool:
    triggers: Iterable[Any] = getattr(model._meta, "triggers", [])
    return any(
        type(trigger) is pgtrigger.Protect and trigger.condition is None and operation in _parts(trigger)
        for trigger in triggers  # not ReadOnly, which refuses changes of some columns
    )


def _parts(trigger: Any) -> list[Any]:
    """The operations of a trigger: one, or several joined with |."""
    return list(getattr(trigger.operation, "operations", [trigger.operation]))
