"""gunicorn's settings, for `make run` and production alike (README, "Production")."""

import os

worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests = 0
accesslog = None  # config.observability writes one line for each request
loglevel = "warning"
control_socket_disable = True
limit_request_line = 8190
