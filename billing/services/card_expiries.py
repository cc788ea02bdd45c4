"""Cards that expire within EXPIRING_CARD_DAYS: a filter, a count, and one event for each card and expiry date."""

from datetime import date, timedelta

from django.conf import settings
from django.db import connection, models

from billing.models import EventType, PaymentMethod
from billing.states import EventStatus

# One event for each method and expiry date: concurrent runs conflict on billing_methodevent_expires_once.
_RECORD = """
    INSERT INTO billing_methodevent
        (type, status, attempts, subscription_id, payment_method_id, reference, created_at, closed_at)
    SELECT %(type)s, %(status)s, 0, subscription_id, id, to_char(expires_on, 'YYYY-MM-DD'), now(), now()
    FROM billing_paymentmethod WHERE is_active AND expires_on BETWEEN %(first)s AND %(last)s ORDER BY id
    ON CONFLICT DO NOTHING
"""


def last_day(today: date) -> date:
    """The last expiry date that counts as soon."""
    return today + timedelta(days=settings.EXPIRING_CARD_DAYS)


def expires_soon(today: date) -> models.Q:
    """Condition on PaymentMethod: active, and expires soon."""
    return models.Q(is_active=True, expires_on__gte=today, expires_on__lte=last_day(today))


def count_expiring(today: date) -> int:
    return PaymentMethod.objects.filter(expires_soon(today)).count()


def record_expiries(today: date) -> int:
    """Add an event for each method that expires soon and has none for that expiry date. The number of new events."""
    parameters = {
        "type": EventType.CARD_EXPIRES,
        "status": EventStatus.DONE,
        "first": today,
        "last": last_day(today),
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, {name: str(value) for name, value in parameters.items()})
        return cursor.rowcount
