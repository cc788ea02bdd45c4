"""Agreements and plans of a shop's POS."""

from datetime import date
from decimal import Decimal
from typing import Any

from billing import services
from billing.models import AcquiringAgreement, CommissionPlan
from payments.models import POS, Bank
from tests.support.factories import BankFactory


def plan_for(pos: POS, *, rate: str = "2", **fields: Any) -> CommissionPlan:
    fields = {"currency": "TRY", "valid_from": date(2026, 1, 1), "fixed_amount": 0, **fields}
    fields["fixed_amount"] = Decimal(fields["fixed_amount"])
    return services.commission_plans.create(pos=pos, rate=Decimal(rate), **fields)


def agree(pos: POS, *, bank: Bank | None = None, **fields: Any) -> AcquiringAgreement:
    fields = {"terminal_number": f"T{pos.pk:07d}", **fields}
    bank = bank or BankFactory(channel=pos.channel)
    return services.acquiring_agreements.create(pos=pos, bank=bank, **fields)
