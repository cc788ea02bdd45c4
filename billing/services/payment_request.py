"""A payment as a client requests it. Every contract passes one to `take_payment`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from billing.errors import (
    BillAlreadyPaidError,
    BillNotFoundError,
    BillsIncompatibleError,
    NoDefaultMethodError,
    PartsExceedAmountError,
)
from billing.models import (
    Account,
    Bill,
    BillStatus,
    PaymentClientReferences,
    PaymentMethod,
    ReceivedAs,
    Subscription,
)
from config.kit.lib.errors import InvalidValueError
from payments.gateways.types import CardData, Payer
from payments.models import Channel
from payments.portal_origins import origin_of

Parts = Sequence[tuple[Bill, Decimal]]
"""Bills and how much of each is paid, in major units."""


@dataclass(frozen=True, kw_only=True)
class PaymentRequest:
    """Never stored and never logged.

    `amount` is in major units, without installment interest, and at least the sum of `parts`; the rest stays
    unallocated. `parts` None means the account's oldest open bills.

    `return_url` is where the portal wants the payer back after 3-D Secure (`check_return_url`).

    `instrument` is a card, a stored payment method, or how money was received outside.
    """

    account: Account
    amount: Decimal
    currency: str
    instrument: CardData | PaymentMethod | ReceivedAs = field(repr=False)
    parts: Parts | None = ()
    subscription: Subscription | None = None
    installments: int = 1
    three_d: bool = False
    payer: Payer = field(default=Payer(), repr=False)
    auth_code: str = ""
    return_url: str = ""
    source: str = "api"
    user_id: int | None = None
    client_references: PaymentClientReferences | None = None


def request_for_bills(
    *,
    subscription: Subscription,
    bill_numbers: Sequence[int],
    instrument: CardData | None = None,
    **more: Any,
) -> PaymentRequest:
    """Pays the open amounts of the bills by card or, without `instrument`, by the account's default payment method.

    `more` are other fields of PaymentRequest. Raises BillNotFoundError, BillAlreadyPaidError,
    BillsIncompatibleError or NoDefaultMethodError.
    """
    bills = find_open_bills(subscription, bill_numbers)
    parts = [(bill, bill.open_amount) for bill in bills]
    return PaymentRequest(
        account=subscription.account,
        subscription=subscription,
        amount=sum((amount for _bill, amount in parts), Decimal(0)),
        currency=bills[0].currency,
        parts=parts,
        instrument=instrument or get_default_method(subscription.account),
        **more,
    )


def check_return_url(url: str, channel: Channel) -> None:
    """Raises InvalidValueError unless its origin is one of the channel's `portal_origins`."""
    origin = origin_of(url)
    if origin is None or origin not in channel.portal_origins:
        raise InvalidValueError("returnUrl", _("This address is not one of the channel's portals."))


def find_open_bills(subscription: Subscription, numbers: Sequence[int]) -> list[Bill]:
    """The subscription's bills with these numbers, all open and in one currency. Raises like `request_for_bills`."""
    bills = list(Bill.objects.filter(subscription=subscription, number__in=numbers).order_by("pk"))
    missing = sorted(set(numbers) - {bill.number for bill in bills})
    if missing:
        raise BillNotFoundError(_("Bill %(number)s was not found.") % {"number": missing[0]})
    for bill in bills:
        require_open(bill)
    if len({bill.currency for bill in bills}) != 1:
        raise BillsIncompatibleError(_("All bills must be in the same currency."))
    return bills


def get_default_method(account: Account) -> PaymentMethod:
    """Raises NoDefaultMethodError."""
    method = PaymentMethod.objects.filter(account=account, is_default=True).first()
    if method is None:
        raise NoDefaultMethodError(_("The account has no default payment method."))
    return method


def find_oldest_open_bills(account: Account, amount: Decimal) -> Parts:
    """The oldest open bills up to `amount`, the last one possibly in part. Skips bills with a payment in progress."""
    parts: list[tuple[Bill, Decimal]] = []
    bills = Bill.objects.filter(
        subscription__account=account, status=BillStatus.OPEN, currency=account.currency
    )
    for bill in bills.exclude(payment_bills__is_open=True).order_by("issued_on", "pk").iterator():
        part = min(bill.open_amount, amount)
        if part <= 0:
            break
        parts.append((bill, part))
        amount -= part
    return parts


def check_parts(parts: Parts, amount: Decimal) -> None:
    """Raises PartsExceedAmountError or BillAlreadyPaidError."""
    if sum((part for _bill, part in parts), Decimal(0)) > amount:
        raise PartsExceedAmountError(_("The total of the bills exceeds the payment amount."))
    for bill, part in parts:
        require_open(bill)
        if part > bill.open_amount:
            raise PartsExceedAmountError(
                _("Amount exceeds the open amount %(amount)s of bill %(number)s.")
                % {"number": bill.number, "amount": f"{bill.open_amount.normalize():f}"}
            )


def require_open(bill: Bill) -> None:
    if bill.status != BillStatus.OPEN:
        raise BillAlreadyPaidError(_("Bill %(number)s is already paid.") % {"number": bill.number})
