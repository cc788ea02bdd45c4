"""gunicorn's settings, for `make run` and production alike (README, "Production")."""

import os

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests = 0
accesslog = None  # config.process.observability writes one line for each request
logconfig_dict = settings.LOGGING  # requests that never reach Django are logged in the same form, masked
control_socket_disable = True
limit_request_line = 8190
forwarded_allow_ips = ""  # what a proxy says about the scheme is believed by the settings or not at all
