"""Agreements and plans of a shop's POS."""

from datetime import date
from decimal import Decimal
from typing import Any

from billing import services
from billing.models import AcquiringAgreement, CommissionPlan, StatementLayout
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


LAYOUTS: dict[str, dict[str, Any]] = {
    "garanti": {
        "encoding": "windows-1254",
        "date_format": "%d.%m.%Y",
        "decimal_separator": ",",
        "footer_word": "TOPLAM",
        "refund_words": ["İADE"],
        "columns": {
            "terminal_number": "Terminal No", "kind": "İşlem Tipi", "order_id": "Sipariş No",
            "host_reference": "RRN", "auth_code": "Provizyon No", "card": "Kart No", "sold_on": "İşlem Tarihi",
            "value_date": "Valör", "gross": "Brüt Tutar", "commission": "Komisyon", "net": "Net Tutar",
            "currency": "Para Birimi",
        },
    },
    "nestpay": {
        "decimal_separator": ".",
        "columns": {
            "terminal_number": "TerminalId", "order_id": "OrderId", "host_reference": "HostRef",
            "auth_code": "AuthCode", "sold_on": "Date", "value_date": "ValueDate",
            "installment_number": "InstallmentNo", "gross": "Gross", "commission": "Commission", "net": "Net",
            "currency": "Currency",
        },
    },
    "iyzico": {
        "columns": {
            "terminal_number": "Üye İşyeri", "host_reference": "Referans", "card": "Kart", "sold_on": "Tarih",
            "value_date": "Ödeme Günü", "gross": "Tutar", "commission": "Kesinti", "net": "Kalan",
            "currency": "Döviz",
        },
    },
}  # fmt: skip


def layout_for(name: str, bank: Bank) -> StatementLayout:
    return services.statement_layouts.create(bank=bank, name=f"{name} list", **LAYOUTS[name])
