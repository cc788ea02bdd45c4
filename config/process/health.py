"""Probes. `/healthz`: this process answers. `/readyz`: database, migrations and a worker are ready.

A middleware, because probes call by IP address: it answers before ALLOWED_HOSTS is checked and without a session.
"""

import threading
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateWorker


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return readiness()
        return self.get_response(request)


def readiness() -> JsonResponse:
    """200 if all checks are ok, else 503. The body has the state of each check."""
    checks = {"database": "ok", "migrations": "unknown", "worker": "unknown"}
    try:
        checks["migrations"] = "ok" if _is_migrated() else "pending"
        if checks["migrations"] == "ok":
            checks["worker"] = "ok" if _is_worker_seen() else "not seen"
    except DatabaseError:
        checks["database"] = "unreachable"
    ready = all(state == "ok" for state in checks.values())
    return JsonResponse(
        {"status": "ok" if ready else "unavailable", "checks": checks}, status=200 if ready else 503
    )


_migrated = threading.Event()  # checked until once true


def _is_migrated() -> bool:
    if not _migrated.is_set():
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            _migrated.set()
    return _migrated.is_set()


def _is_worker_seen() -> bool:
    since = timezone.now() - timedelta(seconds=settings.WORKER_SEEN_SECONDS)
    return ProcrastinateWorker.objects.filter(last_heartbeat__gte=since).exists()
