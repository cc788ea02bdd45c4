"""Traces by OpenTelemetry, where OTEL_EXPORTER_OTLP_ENDPOINT names a collector (`pip install --group traces`).

Attributes are ids and words of ours, as labels of metrics are: never a path, card, name, address or bank's text.
What is done later, by another process, goes on in the trace of its cause: `current()` is stored beside it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


@contextmanager
def span(name: str, *, cause: str = "", **attributes: str | int) -> Iterator[Any]:
    """A part of the current trace, of the one that `cause` names, or of a new one. None without tracing."""
    provider = _provider()
    if provider is None:
        yield None
        return
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    parent = TraceContextTextMapPropagator().extract({"traceparent": cause}) if cause else None
    tracer = provider.get_tracer("payments")
    with tracer.start_as_current_span(
        name, context=parent, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as found:
        try:
            yield found
        except Exception as error:
            found.set_attribute("error.type", type(error).__name__)  # its text may be anything
            raise


def add(found: Any, **attributes: str | int) -> None:
    """To what `span` has given."""
    if found is not None:
        found.set_attributes(attributes)


def current() -> str:
    """The W3C traceparent of the current part; empty without one."""
    if _provider() is None:
        return ""
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent", "")


def is_on() -> bool:
    return _provider() is not None


def flush() -> None:
    """Send what waits."""
    provider = _provider()
    if provider is not None:
        provider.force_flush()


@lru_cache(maxsize=1)
def _provider() -> Any:
    """Made in the process that uses it: its thread would not survive a fork."""
    if not os.environ.get(ENDPOINT):
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = os.environ.get("OTEL_SERVICE_NAME", "payments")
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider
