"""gunicorn's settings for `make run` and production (README, "Production")."""

import os
from typing import Any

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

worker_class = "config.process.worker.PatientWorker"
worker_connections = 2000
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "16"))
timeout = max(60, int(settings.GATEWAY_TIMEOUT_SECONDS) + 30)
# A deploy lets calls of banks end: their whole deadline, and the two short transactions around it.
graceful_timeout = int(settings.GATEWAY_TIMEOUT_SECONDS) + 15
keepalive = 5
max_requests = 0
accesslog = None  # config.process.observability logs requests
logconfig_dict = settings.LOGGING  # also for requests that never reach Django
control_socket_disable = True
limit_request_line = 8190
forwarded_allow_ips = ""  # settings.py alone decides whether to trust a proxy's scheme


def child_exit(server: Any, worker: Any) -> None:
    from config.process.metrics import forget

    forget(worker.pid)
