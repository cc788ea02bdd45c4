"""`manage.py doctor`: what may be wrong with an installation, and what to do about it."""

import shutil
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from config.kit.keys.custody import count_values
from config.kit.lib.key_ring import data_keys
from config.kit.readings import read_all

CONNECT_SECONDS = 5.0
CERTIFICATE_DAYS = 21
CLOCK_SECONDS = 2.0
LEAST_FREE = 1024**3
OLDEST_POSTGRES = 14


@dataclass(frozen=True)
class Finding:
    """`advice` is what to do; empty where all is well. A warning is no fault."""

    about: str
    text: str
    advice: str = ""
    is_fault: bool = True


def examine_settings() -> Iterator[Finding]:
    """Django's system checks with those of production (config/process/checks.py)."""
    found = [item for item in checks.run_checks(include_deployment_checks=True) if not item.is_silenced()]
    if settings.PRODUCTION:
        serious = [item for item in found if item.level >= checks.WARNING]
    else:
        serious = [item for item in found if item.level >= checks.ERROR]
    for item in serious:
        advice = str(item.hint or "Change the setting; README, Configuration, has all of them.")
        yield Finding("settings", str(item.msg), advice, is_fault=item.level >= checks.ERROR)
    if not serious:
        yield Finding("settings", f"{settings.ENVIRONMENT}, nothing to complain about")


def examine_database() -> Iterator[Finding]:
    """Server, version, migrations, role, clock."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        reason = str(error).partition("\n")[0]
        yield Finding("database", f"it does not answer: {reason}", "Start it, or correct DATABASE_URL.")
        return
    major, *minor = connection.get_database_version()
    advice = (
        "" if major >= OLDEST_POSTGRES else f"Upgrade the server to PostgreSQL {OLDEST_POSTGRES} or newer."
    )
    yield Finding("database", f"PostgreSQL {'.'.join(map(str, [major, *minor]))}", advice)
    executor = MigrationExecutor(connection)
    pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if pending:
        yield Finding("migrations", f"{pending} are missing", "Run `manage.py migrate` as the owner.")
        return
    yield Finding("migrations", "all are applied")
    yield from _examine_role()
    yield _examine_clock()


def _examine_role() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT current_user, rolsuper OR pg_has_role(current_user, (
                SELECT relowner FROM pg_class WHERE oid = 'billing_payment'::regclass), 'MEMBER')
            FROM pg_roles WHERE rolname = current_user
        """)
        name, may_all = cursor.fetchone()
    advice = "Run web server and workers as DATABASE_APP_ROLE (`manage.py make_app_role`)." if may_all else ""
    yield Finding(
        "role", f"{name} {'may change everything' if may_all else 'owns nothing'}", advice, is_fault=False
    )


def _examine_clock() -> Finding:
    with connection.cursor() as cursor:
        before = time.time()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        apart = abs(float(cursor.fetchone()[0]) - (before + time.time()) / 2)
    advice = "Synchronise both machines' clocks (NTP, chrony)." if apart > CLOCK_SECONDS else ""
    return Finding("clock", f"{apart:.1f} s apart from the database's", advice)


def examine_keys() -> Iterator[Finding]:
    """Every value is under a key that we have."""
    known = {key.id for key in data_keys()}
    lost = {key: sum(tables.values()) for key, tables in count_values().items() if key and key not in known}
    for key, count in lost.items():
        yield Finding(
            "keys", f"{count} values are under the key {key}", "Put that key back into ENCRYPTION_KEYS."
        )
    if not lost:
        yield Finding("keys", f"{len(known)}; every value is under one of them")


def examine_workers() -> Iterator[Finding]:
    readings = {reading.name: dict(reading.values) for reading in read_all()}
    count = int(readings["payments_workers"][()])
    start = "Start `manage.py procrastinate worker` for each queue (README, Production)."
    yield Finding("workers", f"{count} alive", "" if count else start)
    for (queue,), seconds in readings["payments_jobs_lag_seconds"].items():
        if seconds > 300:
            text = f"the oldest job of {queue} has waited for {seconds / 60:.0f} minutes"
            yield Finding("workers", text, f"Start a worker of {queue}, or more of them.")


def examine_disk() -> Iterator[Finding]:
    folder = Path(settings.VAR_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".doctor"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        advice = "Give the program's user the folder, or set VAR_DIR."
        yield Finding("disk", f"{folder}: {error.strerror}", advice)
        return
    free = shutil.disk_usage(folder).free
    advice = "Make room: imports, uploads and logos are written there." if free < LEAST_FREE else ""
    yield Finding("disk", f"{free / 1024**3:.1f} GiB are free in {folder}", advice)


def examine_address(about: str, url: str) -> Finding:
    """Whether its host is reached, and how long its certificate is valid."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((host, port), timeout=CONNECT_SECONDS) as plain:
            if parts.scheme != "https":
                return Finding(about, f"{host} is reached, without encryption")
            with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as encrypted:
                until = str((encrypted.getpeercert() or {}).get("notAfter", ""))
    except ssl.SSLCertVerificationError as error:
        advice = "If it is yours, renew it; else tell whose it is. Nothing is sent there meanwhile."
        return Finding(about, f"the certificate of {host} is refused: {error.verify_message}", advice)
    except OSError as error:
        advice = "See that the firewall lets this machine out to it, and that its name is known here."
        return Finding(about, f"{host}, port {port}, is not reached: {error.strerror or error}", advice)
    days = int((ssl.cert_time_to_seconds(until) - time.time()) // 86_400)
    advice = "Have it renewed." if days < CERTIFICATE_DAYS else ""
    return Finding(
        about, f"{host} is reached, its certificate is valid for {days} days", advice, is_fault=False
    )
