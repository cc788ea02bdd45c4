"""What every database session is told: how long a statement may run, and to look whether its client is still there.

Requests have a short limit; jobs and commands, whose work is large, a long one. Imports set their own.
"""

from typing import Any

from django.conf import settings
from django.db import connections


def limit_statements(options: dict[str, Any], *, statement_seconds: float, client_seconds: float) -> None:
    """`options` are those of a database in settings. What its address says itself counts; 0: no limit."""
    limits = {"statement_timeout": statement_seconds, "client_connection_check_interval": client_seconds}
    ours = " ".join(f"-c {name}={round(seconds * 1000)}" for name, seconds in limits.items())
    options["options"] = f"{ours} {options.get('options', '')}".strip()


def limit_requests() -> None:
    """Of the web server's process, before its first connection."""
    options = settings.DATABASES["default"]["OPTIONS"]
    options["options"] += f" -c statement_timeout={round(settings.STATEMENT_SECONDS * 1000)}"


def lift_for_migrations(using: str, **_: Any) -> None:
    """A receiver of pre_migrate: an index on ten million rows takes as long as it takes."""
    _execute(using, "SET statement_timeout = 0")


def limit_again(using: str, **_: Any) -> None:
    """A receiver of post_migrate."""
    _execute(using, "RESET statement_timeout")


def _execute(using: str, statement: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(statement)
