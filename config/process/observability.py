"""Request ids and logs: one line for each request, JSON in production, card numbers and secrets masked."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse
from pythonjsonlogger.json import JsonFormatter as BaseJsonFormatter

from config.kit.lib import tracing
from config.kit.lib.card_numbers import holds_card_number
from config.kit.lib.masking import mask_data, mask_text
from config.kit.lib.request_id import request_id

logger = logging.getLogger("payments.request")

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._\-]{1,64}")


class JsonFormatter(BaseJsonFormatter):
    """One JSON object for each line: time, level, logger, message, request_id and the caller's `extra`."""

    def __init__(self) -> None:
        super().__init__(
            "{levelname}{name}{message}",
            style="{",
            rename_fields={"levelname": "level", "name": "logger"},
            json_ensure_ascii=False,
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {"time": _now(), **mask_data(log_data), "request_id": request_id.get()}


class TextFormatter(logging.Formatter):
    """Plain lines for a terminal."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        extra = {key: record.__dict__[key] for key in RequestLogMiddleware.FIELDS if key in record.__dict__}
        line = super().format(record) + (f" {extra}" if extra else "")
        return mask_text(line)


class RequestLogMiddleware:
    """Takes each request's id from X-Request-ID or generates one, returns it in the response and logs the outcome."""

    FIELDS = ("method", "path", "status", "ms", "user")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        is_usable = _ACCEPTABLE_ID.fullmatch(given) and not holds_card_number(given)
        identity = given if is_usable else uuid.uuid4().hex
        token = request_id.set(identity)
        started = time.monotonic()
        try:
            with tracing.span("request") as span:
                response = self.get_response(request)
                _tell(span, request, response)
            response.headers["X-Request-ID"] = identity
            if request.path not in ("/healthz", "/readyz", "/metrics"):
                self._log(request, response, started)
            return response
        finally:
            request_id.reset(token)

    def _log(self, request: HttpRequest, response: HttpResponse, started: float) -> None:
        user = getattr(request, "user", None)
        fields = {
            "method": request.method,
            "path": _decoded(request.get_full_path()),
            "status": response.status_code,
            "ms": round((time.monotonic() - started) * 1000, 1),
            "user": user.pk if user is not None and user.is_authenticated else None,
        }
        logger.info("request", extra=fields)


def _tell(span: Any, request: HttpRequest, response: HttpResponse) -> None:
    """The route's pattern, not the path: that may have anything in it, and so may a method."""
    method = request.method if request.method in METHODS else "other"
    route = getattr(request.resolver_match, "route", None) or ""
    tracing.add(span, method=str(method), route=str(route), status=response.status_code)


def _decoded(path: str) -> str:
    """Decoded until nothing changes, so that masking also finds digits encoded as %34%31 or %2534%2531."""
    while (decoded := unquote_plus(path)) != path:
        path = decoded
    return path


def _now() -> str:
    seconds = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds % 1 * 1000):03d}Z"


def logging_config(*, level: str, log_format: str) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error. `log_format` is json or text."""
    inherited = {"handlers": [], "level": level, "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}, "text": {"()": TextFormatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": log_format}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": inherited,
            "django.server": inherited,
            "django.request": {"level": "ERROR"},  # RequestLogMiddleware logs each request
            "gunicorn.error": {"handlers": [], "level": "WARNING", "propagate": True},
            "procrastinate": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},  # logs whole URLs, and those of listeners may contain a secret
        },
    }
