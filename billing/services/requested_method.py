"""Payment methods that a client asks for with an idempotency key: the same request twice adds one."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError

from billing.errors import KeyReusedError
from billing.models import PaymentMethod
from billing.services.payment_method import PaymentMethodService
from config.kit.lib.database import violated_constraint

_methods = PaymentMethodService()


def add_requested_method(
    *, client: str, key: str, fingerprints: Sequence[str], fields: dict[str, Any]
) -> tuple[PaymentMethod, bool]:
    """The method, and whether an earlier request of the client with this key added it. An empty key is no key.

    `fingerprints` of the request are under every key of encryption, the newest first. Raises KeyReusedError if the
    earlier request had another one, and what PaymentMethodService raises.
    """
    earlier = _find_earlier(client, key, fingerprints)
    if earlier is not None:
        return earlier, True
    try:
        added = _methods.create(client=client, request_key=key, request_fingerprint=fingerprints[0], **fields)
    except IntegrityError as error:
        if violated_constraint(error) != "billing_paymentmethod_request":
            raise
        faster = _find_earlier(client, key, fingerprints)
        if faster is None:
            raise
        return faster, True
    return added, False


def _find_earlier(client: str, key: str, fingerprints: Sequence[str]) -> PaymentMethod | None:
    found = PaymentMethod.objects.filter(client=client, request_key=key).first() if key else None
    if found is not None and found.request_fingerprint not in fingerprints:
        raise KeyReusedError("This Idempotency-Key was already used for a different request.")
    return found
