"""The id of the request that is being answered: in every log line and every audit row that it causes."""

from contextvars import ContextVar

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""None outside a request: in jobs and commands."""
