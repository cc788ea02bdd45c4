"""Velocity limits: how many unsuccessful payments a bill, account, card or address may have in a window.

Each counter is a row with the keys of its recent payments. One upsert writes all counters of a payment and locks them,
so that concurrent payments cannot exceed a limit together. Payments that were captured, never reached the bank or are
older than the window do not count.
"""

from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from billing.errors import VelocityLimitError
from billing.models import Payment, PaymentMethod, VelocityCounter
from billing.services.payment_request import PaymentRequest
from billing.states import CAPTURED_STATES
from config.kit.contracts.client_ip import network_of
from config.kit.lib.encryption import fingerprint
from payments.gateways.types import CardData, Reason

_COUNT = """
    INSERT INTO billing_velocitycounter AS counter (key, payments, changed_at)
    SELECT item.key, ARRAY[%(payment)s::bigint], statement_timestamp()
    FROM unnest(%(keys)s::text[]) WITH ORDINALITY AS item (key, place) ORDER BY item.key
    ON CONFLICT (key) DO UPDATE SET
        payments = array_append(ARRAY(
            SELECT earlier.id FROM unnest(counter.payments) WITH ORDINALITY AS earlier (id, place)
            WHERE NOT EXISTS (
                SELECT FROM billing_payment AS payment
                WHERE payment.id = earlier.id AND (
                    payment.state = ANY(%(captured)s)
                    OR (payment.state = 'failed' AND payment.reason = %(not_reached)s)
                    OR payment.created_date <= statement_timestamp() - %(window)s * interval '1 second'
                )
            ) ORDER BY earlier.place
        ), %(payment)s),
        changed_at = statement_timestamp()
    RETURNING key, cardinality(payments)
"""


def count_payment(payment: Payment, request: PaymentRequest) -> None:
    """Count a new payment, in the caller's transaction, which VelocityLimitError must roll back."""
    limits = _limits(payment, request)
    if not limits:
        return
    parameters: dict[str, Any] = {
        "payment": payment.pk,
        "keys": list(limits),
        "captured": [state.value for state in CAPTURED_STATES],
        "not_reached": Reason.NOT_REACHED.value,
        "window": settings.VELOCITY_WINDOW_SECONDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, parameters)
        counted: list[tuple[str, int]] = cursor.fetchall()
    if any(number > limits[key] for key, number in counted):
        raise VelocityLimitError


def purge() -> int:
    """Delete counters that have not changed for a window. The number of deleted counters."""
    window = timedelta(seconds=settings.VELOCITY_WINDOW_SECONDS)
    return VelocityCounter.objects.filter(changed_at__lt=Now() - window).delete()[0]


def _limits(payment: Payment, request: PaymentRequest) -> dict[str, int]:
    """Key of each counter → its limit; without counters that have no limit."""
    wanted = [
        *(("bill", str(bill.pk), settings.VELOCITY_PER_BILL) for bill, _amount in request.parts or ()),
        ("account", str(payment.account_id), settings.VELOCITY_PER_ACCOUNT),
        ("card", _card_of(request), settings.VELOCITY_PER_CARD),
        ("address", _address_of(request), settings.VELOCITY_PER_ADDRESS),
    ]
    return {
        fingerprint(f"{kind}:{value}", "velocity"): limit for kind, value, limit in wanted if value and limit
    }


def _card_of(request: PaymentRequest) -> str:
    if isinstance(request.instrument, CardData):
        return request.instrument.number
    return f"method {request.instrument.pk}" if isinstance(request.instrument, PaymentMethod) else ""


def _address_of(request: PaymentRequest) -> str:
    """The payer's network, for typed cards only: back ends charge stored cards for many payers from one address."""
    if not isinstance(request.instrument, CardData) or not request.payer.ip:
        return ""
    address = ip_address(request.payer.ip)
    if any(address in network for network in settings.VELOCITY_EXEMPT_NETWORKS):
        return ""
    return network_of(request.payer.ip)
