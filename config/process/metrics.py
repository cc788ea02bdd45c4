"""`/metrics` for Prometheus, for those who have METRICS_TOKEN; 404 without it.

What processes count lies in files below METRICS_DIR, which all processes of a machine share; what the database knows
is read when it is asked for. So any web process of a machine answers for all of it.
"""

import hmac
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from config.kit.lib.measures import POOL, REQUEST_SECONDS, REQUESTS
from config.kit.readings import read_all

PATH = "/metrics"
AREAS = ("admin", "api", "Billing", "brm", "media", "oauth", "pay", "payment", "paywall", "static", "tmf-api")
"""First parts of paths. Only these words become labels: a path may have anything in it."""


class MetricsMiddleware:
    """Before hosts and sessions, as Prometheus calls by IP address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == PATH and _has_token(request):
            return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
        started = time.monotonic()
        response = self.get_response(request)
        _count(request, response, time.monotonic() - started)
        return response


def exposition() -> bytes:
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)
    else:
        registry = REGISTRY
    return bytes(generate_latest(registry)) + bytes(generate_latest(_of_the_database()))


def _count(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    first = request.path.split("/", 2)[1]
    area = first if first in AREAS else "other"
    REQUESTS.labels(area, f"{response.status_code // 100}xx").inc()
    REQUEST_SECONDS.labels(area).observe(seconds)
    pool = cast(Any, connections["default"]).pool
    if pool is not None:
        state = pool.get_stats()
        for name in ("pool_size", "pool_available", "requests_waiting"):
            POOL.labels(name).set(state.get(name, 0))


def start_counting() -> None:
    """By whoever starts all processes of a machine: files of processes that are gone are removed."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir(parents=True, mode=0o700)


def forget(pid: int) -> None:
    """The gauges of a process that has ended. What it counted stays."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        mark_process_dead(pid)


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.METRICS_TOKEN
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())


class _Readings(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = GaugeMetricFamily("payments_database_up", "Whether the database answers.")
        try:
            readings = read_all()
        except (InterfaceError, OperationalError):
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        for reading in readings:
            family = GaugeMetricFamily(reading.name, reading.text, labels=reading.labels)
            for labels, value in reading.values:
                family.add_metric(labels, value)
            yield family


def _of_the_database() -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Readings())
    return registry
