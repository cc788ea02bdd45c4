"""The models of the Omnitron contract, with its names."""

from payments.models.bank import Bank, BankAccount
from payments.models.card import (
    BinNumber,
    Card,
    CardPaymentType,
    CardType,
    Installment,
    MultiCurrencyCard,
)
from payments.models.card_move import CardMove
from payments.models.channel import Channel
from payments.models.import_job import ImportJob, ImportPart, ImportState
from payments.models.payment_option import PaymentOption, PaymentType
from payments.models.pos import POS, PosVersion

__all__ = [
    "POS",
    "PosVersion",
    "Bank",
    "BankAccount",
    "BinNumber",
    "Card",
    "CardMove",
    "CardPaymentType",
    "CardType",
    "Channel",
    "ImportJob",
    "ImportPart",
    "ImportState",
    "Installment",
    "MultiCurrencyCard",
    "PaymentOption",
    "PaymentType",
]
