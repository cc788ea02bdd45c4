"""What a client said of what it asked for, and that asking twice is asking once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import IntegrityError
from django.utils.translation import gettext as _

from billing.errors import CorrelatorReusedError
from billing.models import Details

D = TypeVar("D", bound=Details)


class AlreadyAskedError(Exception):
    """Somebody was faster with the same correlator id; nothing was written."""


def find_asked(details: D) -> D | None:
    """What the client asked for before under this correlator id. Raises CorrelatorReusedError where it differs."""
    if not details.correlator_id:
        return None
    known = (
        type(details)
        ._default_manager.filter(client=details.client, correlator_id=details.correlator_id)
        .first()
    )
    if known is not None and known.fingerprint != details.fingerprint:
        raise CorrelatorReusedError(_("This correlator id was used for another request."))
    return known


@contextmanager
def asked_once(details: Details | None) -> Iterator[None]:
    """Turns the broken constraint of a lost race into AlreadyAskedError. Around the transaction."""
    try:
        yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
        if details is not None and name.startswith("billing_") and name.endswith("details_correlator"):
            raise AlreadyAskedError from None
        raise
