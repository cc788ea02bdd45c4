"""The limit above which a different user must approve a refund or a manual settlement.

It is `refund_limit` of the channel's conf, else REFUND_LIMIT, in the channel's default currency. It is cumulative, so
that splitting a refund does not avoid the approval.
"""

from decimal import Decimal

from django.db.models import QuerySet, Sum

from billing.models import ExchangeRate, Payment, Refund
from billing.services.api_client import is_known_to
from billing.states import RefundState
from config.kit.lib import days
from payments.models import Channel

NOT_COUNTED = (RefundState.WAITING, RefundState.DECLINED, RefundState.REJECTED)


def may_approve(user_id: int | None, *, requested_by_id: int | None) -> bool:
    """Whether the user is another person than the requester: neither the same, nor one who knows the secret of the API
    client that requested it.
    """
    if user_id is None or user_id == requested_by_id:
        return False
    return not is_known_to(user_id, client_user_id=requested_by_id)


def refund_needs_approval(payment: Payment, amount: Decimal) -> bool:
    """Whether this refund, with the refunds without approval of the payment or of the account today, exceeds the limit.

    The caller must hold the account's lock, so that concurrent requests count each other.
    """
    unapproved = Refund.objects.filter(decided_by=None).exclude(state__in=NOT_COUNTED)
    today = days.start_of(days.today(payment.channel.time_zone), payment.channel.time_zone)
    of_account = unapproved.filter(payment__account=payment.account_id, created_date__gte=today)
    return any(
        is_above_limit(payment.channel, _sums(refunds, payment.currency, amount))
        for refunds in (unapproved.filter(payment=payment), of_account)
    )


def settlement_needs_approval(payment: Payment, amount: Decimal) -> bool:
    return is_above_limit(payment.channel, {payment.currency: amount})


def is_above_limit(channel: Channel, amounts: dict[str, Decimal]) -> bool:
    """`amounts` by currency, in major units. True if there is no exchange rate for one of the currencies."""
    total = Decimal(0)
    for currency, amount in amounts.items():
        rate = find_rate(currency, channel.default_currency)
        if rate is None:
            return True
        total += amount * rate
    return total > channel.refund_limit


def find_rate(currency: str, into: str) -> Decimal | None:
    """Today's value of one unit of `currency` in units of `into`; None if there is no exchange rate."""
    if currency == into:
        return Decimal(1)
    rates = ExchangeRate.objects.filter(valid_from__lte=days.today()).order_by("-valid_from", "-pk")
    found = rates.filter(currency=currency, into=into).first()
    if found is not None:
        return found.rate
    inverse = rates.filter(currency=into, into=currency).first()
    return None if inverse is None else 1 / inverse.rate


def _sums(refunds: QuerySet[Refund], currency: str, amount: Decimal) -> dict[str, Decimal]:
    rows = refunds.order_by().values_list("payment__currency").annotate(Sum("amount"))
    sums: dict[str, Decimal] = dict(rows)
    return {**sums, currency: sums.get(currency, Decimal(0)) + amount}
