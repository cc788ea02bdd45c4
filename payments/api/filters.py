"""Filters of the Omnitron resources, as its page names them; every list can also be asked for what changed."""

import django_filters
from django.db.models import QuerySet
from django.db.models.functions import Length

from config.kit.api.filters import CHOICES, DATES, FLAGS, NUMBERS, ResourceFilterSet
from payments.models import (
    POS,
    Bank,
    BankAccount,
    BinNumber,
    Card,
    CardType,
    Channel,
    Installment,
    MultiCurrencyCard,
    PaymentOption,
)

COMMON = {"id": NUMBERS, "channel": CHOICES, "modified_date": DATES}


class ChannelFilter(ResourceFilterSet):
    class Meta:
        model = Channel
        fields = {
            "id": NUMBERS,
            "name": CHOICES,
            "slug": CHOICES,
            "channel_type": CHOICES,
            "is_active": FLAGS,
            "default_currency": CHOICES,
            "modified_date": DATES,
        }


class PosFilter(ResourceFilterSet):
    class Meta:
        model = POS
        fields = COMMON


class BankFilter(ResourceFilterSet):
    class Meta:
        model = Bank
        fields = COMMON


class CardTypeFilter(ResourceFilterSet):
    class Meta:
        model = CardType
        fields = COMMON


class CardFilter(ResourceFilterSet):
    class Meta:
        model = Card
        fields = {
            **COMMON,
            "name": CHOICES,
            "slug": CHOICES,
            "bank": CHOICES,
            "card_type": CHOICES,
            "card_payment_type": CHOICES,
            "cash_payment": CHOICES,
            "installment_payment": CHOICES,
            "three_d_payment": CHOICES,
            "is_commerce_card": FLAGS,
            "created_date": DATES,
        }


class MultiCurrencyCardFilter(ResourceFilterSet):
    class Meta:
        model = MultiCurrencyCard
        fields = {
            "id": NUMBERS,
            "card": CHOICES,
            "currency": CHOICES,
            "cash_payment": CHOICES,
            "installment_payment": CHOICES,
            "three_d_payment": CHOICES,
            "modified_date": DATES,
        }


class BinNumberFilter(ResourceFilterSet):
    bin_number_length = django_filters.ChoiceFilter(
        choices=[("6", "6"), ("8", "8")], method="filter_length", label="Bin number length"
    )

    class Meta:
        model = BinNumber
        fields = {
            **COMMON,
            "bin_number": CHOICES,
            "card": CHOICES,
            "is_active": FLAGS,
            "created_date": DATES,
        }

    def filter_length(self, queryset: QuerySet[BinNumber], name: str, value: str) -> QuerySet[BinNumber]:
        return queryset.alias(length=Length("bin_number")).filter(length=int(value))


class InstallmentFilter(ResourceFilterSet):
    class Meta:
        model = Installment
        fields = {
            "id": NUMBERS,
            "card": CHOICES,
            "installment_count": NUMBERS,
            "interest_rate": NUMBERS,
            "is_active": FLAGS,
            "modified_date": DATES,
        }


class BankAccountFilter(ResourceFilterSet):
    class Meta:
        model = BankAccount
        fields = {**COMMON, "bank": CHOICES, "iban": CHOICES, "is_active": FLAGS}


class PaymentOptionFilter(ResourceFilterSet):
    class Meta:
        model = PaymentOption
        fields = {
            **COMMON,
            "slug": CHOICES,
            "name": CHOICES,
            "payment_type": CHOICES,
            "is_active": FLAGS,
        }
