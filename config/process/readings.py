"""Workers, queues and connections (config.kit.readings)."""

from collections.abc import Iterator

from django.conf import settings

from config.kit.readings import Reading, read_rows

# The queue's oldest jobs that may run now; of many that wait, the first hundred thousand are counted.
_WAITING = """
    SELECT queue_name, count(*) FROM (
        SELECT queue_name FROM procrastinate_jobs
        WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()) LIMIT 100000
    ) AS waiting GROUP BY queue_name
"""
_LAG = """
    SELECT queue_name, extract(epoch FROM now() - min(greatest(due.scheduled_at, deferred.at)))
    FROM (
        SELECT id, queue_name, scheduled_at FROM procrastinate_jobs
        WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()) ORDER BY id LIMIT 1000
    ) AS due
    JOIN procrastinate_events AS deferred ON deferred.job_id = due.id AND deferred.type = 'deferred'
    GROUP BY queue_name
"""
_WORKERS = """
    SELECT count(*) FROM procrastinate_workers
    WHERE last_heartbeat >= now() - %(seconds)s * interval '1 second'
"""
_CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
_MOST = "SELECT setting::float FROM pg_settings WHERE name = 'max_connections'"


def read() -> Iterator[Reading]:
    yield read_rows(
        "payments_workers", "Workers that are alive.", _WORKERS, {"seconds": settings.WORKER_SEEN_SECONDS}
    )
    queue = ("queue",)
    yield read_rows("payments_jobs_waiting", "Jobs that may run and wait.", _WAITING, labels=queue)
    text = "How long the oldest of them has waited."
    yield read_rows("payments_jobs_lag_seconds", text, _LAG, labels=queue)
    text = "Connections to our database."
    yield read_rows("payments_database_connections", text, _CONNECTIONS)
    yield read_rows("payments_database_connections_most", "Connections that the server allows.", _MOST)
