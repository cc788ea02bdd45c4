"""Lists by TM Forum's query rules (TMF630) on the database: filters, order, pages, streams."""

from billing.contracts.tmf.tmf630.answer import MEDIA_TYPE, encoder, list_response
from billing.contracts.tmf.tmf630.resource import (
    Amount,
    Attribute,
    Computed,
    Moment,
    Resource,
    Text,
    apply_query,
    read_query,
)

__all__ = [
    "MEDIA_TYPE",
    "Amount",
    "Attribute",
    "Computed",
    "Moment",
    "Resource",
    "Text",
    "apply_query",
    "encoder",
    "list_response",
    "read_query",
]
