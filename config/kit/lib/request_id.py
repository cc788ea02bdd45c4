"""The id of the current request, for log lines and audit rows."""

from contextvars import ContextVar

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""None outside of requests, in jobs and commands."""
