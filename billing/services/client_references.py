"""References that a client gives to its requests. Its correlator id makes repeated requests idempotent."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import IntegrityError
from django.utils.translation import gettext as _

from billing.errors import CorrelatorReusedError
from billing.models import (
    AllocationClientReferences,
    CorrelatedRequest,
    PaymentClientReferences,
    RefundClientReferences,
)
from config.kit.lib.database import violated_constraint

D = TypeVar("D", bound=CorrelatedRequest)


_CORRELATOR_CONSTRAINTS = {
    f"billing_{model._meta.model_name}_correlator"
    for model in (PaymentClientReferences, RefundClientReferences, AllocationClientReferences)
}


class AlreadyRequestedError(Exception):
    """A concurrent request with the same correlator id was faster. Nothing was written."""


def find_replayed(references: D | None) -> D | None:
    """The client's earlier request with this correlator id. Raises CorrelatorReusedError if the bodies differ."""
    if references is None or not references.correlator_id:
        return None
    earlier = (
        type(references)
        ._default_manager.filter(client=references.client, correlator_id=references.correlator_id)
        .first()
    )
    if earlier is not None and earlier.fingerprint != references.fingerprint:
        raise CorrelatorReusedError(_("This correlator id was already used for a different request."))
    return earlier


def get_replayed(references: D | None) -> D:
    """The earlier request, after AlreadyRequestedError."""
    earlier = find_replayed(references)
    if earlier is None:
        raise LookupError("The earlier request is gone.")
    return earlier


@contextmanager
def unique_correlator(references: CorrelatedRequest | None) -> Iterator[None]:
    """Wraps a transaction. Raises AlreadyRequestedError if a concurrent request used the correlator id."""
    try:
        yield
    except IntegrityError as error:
        if references is not None and violated_constraint(error) in _CORRELATOR_CONSTRAINTS:
            raise AlreadyRequestedError from None
        raise
