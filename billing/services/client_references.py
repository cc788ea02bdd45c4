"""A client's own references to what it requests; its correlator id makes a repeated request idempotent."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import IntegrityError
from django.utils.translation import gettext as _

from billing.errors import CorrelatorReusedError
from billing.models import ClientReferences, PaymentClientReferences, RefundClientReferences
from config.kit.lib.database import violated_constraint

D = TypeVar("D", bound=ClientReferences)


_CORRELATOR_CONSTRAINTS = {
    f"billing_{model._meta.model_name}_correlator"
    for model in (PaymentClientReferences, RefundClientReferences)
}


class AlreadyRequestedError(Exception):
    """Another request with the same correlator id was faster; nothing was written."""


def find_replayed(references: D | None) -> D | None:
    """The client's earlier request with this correlator id. Raises CorrelatorReusedError where its body differs."""
    if references is None or not references.correlator_id:
        return None
    earlier = (
        type(references)
        ._default_manager.filter(client=references.client, correlator_id=references.correlator_id)
        .first()
    )
    if earlier is not None and earlier.fingerprint != references.fingerprint:
        raise CorrelatorReusedError(_("This correlator id was used for another request."))
    return earlier


def get_replayed(references: D | None) -> D:
    """The earlier request, after AlreadyRequestedError has said that there is one."""
    earlier = find_replayed(references)
    if earlier is None:
        raise LookupError("The earlier request is gone.")
    return earlier


@contextmanager
def unique_correlator(references: ClientReferences | None) -> Iterator[None]:
    """Turns the violated constraint of a lost race into AlreadyRequestedError. Around the transaction."""
    try:
        yield
    except IntegrityError as error:
        if references is not None and violated_constraint(error) in _CORRELATOR_CONSTRAINTS:
            raise AlreadyRequestedError from None
        raise
