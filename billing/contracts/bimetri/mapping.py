"""Bimetri's fields and ours. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User

from billing.models import Bill, BillStatus, Subscription
from config.kit.lib import days
from payments.gateways.types import CardData, Payer
from payments.models import Channel

_UNITS = {"TRY": "TL"}


def card_payment(data: Mapping[str, Any], subscription: Subscription, *, ip: str) -> dict[str, Any]:
    """The request's part of `request_for_bills`."""
    owner = data["CardOwnerName"]
    name, _, surname = owner.rpartition(" ")
    return {
        "bill_numbers": data["bill"],
        "instrument": CardData(
            number=data["CardNumber"],
            expiry_month=int(data["CardExpireMonth"]),
            expiry_year=int(data["CardExpireYear"]),
            cvc=data["Cvc"],
            holder=owner,
        ),
        "installments": data["Installment"],
        "three_d": data["threeD"] == 1,
        "payer": Payer(
            ip=ip,
            name=name or surname,
            surname=surname,
            email=subscription.account.email,
            phone=f"+90{data['phoneNumber']}",
        ),
        "return_url": data.get("returnUrl", ""),
        "source": "bimetri",
    }


def success(code: str, reason: str, message: str) -> dict[str, str]:
    return {"code": code, "reason": reason, "message": message, "status": "ok"}


def bill_row(bill: Bill, base_url: str, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": str(bill.number),
        "href": f"{base_url}/api/v1/bills/{bill.pk}/",
        "billDate": bill.issued_on.isoformat(),
        "billNo": str(bill.number),
        "paymentDueDate": bill.due_on.isoformat(),
        "paymentDate": days.day_of(bill.paid_at, zone).isoformat() if bill.paid_at else None,
        "amountDue": {"unit": _UNITS.get(bill.currency, bill.currency), "value": json_number(bill.amount)},
        "state": bill.status,
    }


def balance_rows(bills: Iterable[Bill], today: date) -> list[dict[str, Any]]:
    """Total: billed. Paid: paid. Current: open and not yet due. Remainder: all that is open."""
    bills = [bill for bill in bills if bill.status != BillStatus.CANCELED]
    sums = {
        "TotalAmount": sum((bill.amount for bill in bills), Decimal(0)),
        "TotalPaidAmount": sum((bill.paid_amount for bill in bills), Decimal(0)),
        "TotalCurrentAmount": sum((bill.open_amount for bill in bills if bill.due_on >= today), Decimal(0)),
        "TotalRemainderAmount": sum((bill.open_amount for bill in bills), Decimal(0)),
    }
    return [{"balanceType": name, "amount": json_number(amount)} for name, amount in sums.items()]


def login_answer(user: User, token: str, channels: Iterable[Channel]) -> dict[str, Any]:
    organizations = [{"id": channel.pk, "name": channel.name} for channel in channels]
    return {
        "token": token,
        "userId": user.pk,
        "emailAddress": user.email,
        "screenName": user.get_username(),
        "localeId": "en_US",
        "roles": sorted(group.name for group in user.groups.all()),
        "organizations": organizations,
        "organizationIds": [organization["id"] for organization in organizations],
    }


def json_number(amount: Decimal | int) -> float:
    """Amounts are JSON numbers in this contract. Floats are made here only."""
    return float(amount)
