"""Rules of the configuration. API, admin, demo data and factories write through these services."""

from payments.services.bank import BankAccountService, BankService
from payments.services.card import (
    BinNumberService,
    CardService,
    CardTypeService,
    InstallmentService,
    MultiCurrencyCardService,
)
from payments.services.channel import ChannelService
from payments.services.payment_option import PaymentOptionService
from payments.services.pos_service import PosService

bank_accounts = BankAccountService()
banks = BankService()
bin_numbers = BinNumberService()
card_types = CardTypeService()
cards = CardService()
channels = ChannelService()
installments = InstallmentService()
multi_currency_cards = MultiCurrencyCardService()
payment_options = PaymentOptionService()
pos = PosService()

__all__ = [
    "bank_accounts",
    "banks",
    "bin_numbers",
    "card_types",
    "cards",
    "channels",
    "installments",
    "multi_currency_cards",
    "payment_options",
    "pos",
]
