"""Filters of the Omnitron resources, as its page names them; every list can also be asked for what changed."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.db.models.functions import Length
from django_filters.constants import EMPTY_VALUES

from config.kit.api.filters import (
    CHOICE_LOOKUPS,
    DATE_LOOKUPS,
    FLAG_LOOKUPS,
    NUMBER_LOOKUPS,
    ResourceFilterSet,
)
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
from payments.models.bank import compact_iban

COMMON = {"id": NUMBER_LOOKUPS, "channel": CHOICE_LOOKUPS, "modified_date": DATE_LOOKUPS}


class ChannelFilter(ResourceFilterSet):
    class Meta:
        model = Channel
        fields = {
            "id": NUMBER_LOOKUPS,
            "name": CHOICE_LOOKUPS,
            "slug": CHOICE_LOOKUPS,
            "channel_type": CHOICE_LOOKUPS,
            "is_active": FLAG_LOOKUPS,
            "default_currency": CHOICE_LOOKUPS,
            "modified_date": DATE_LOOKUPS,
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
            "name": CHOICE_LOOKUPS,
            "slug": CHOICE_LOOKUPS,
            "bank": CHOICE_LOOKUPS,
            "card_type": CHOICE_LOOKUPS,
            "card_payment_type": CHOICE_LOOKUPS,
            "cash_payment": CHOICE_LOOKUPS,
            "installment_payment": CHOICE_LOOKUPS,
            "three_d_payment": CHOICE_LOOKUPS,
            "is_commerce_card": FLAG_LOOKUPS,
            "created_date": DATE_LOOKUPS,
        }


class MultiCurrencyCardFilter(ResourceFilterSet):
    class Meta:
        model = MultiCurrencyCard
        fields = {
            "id": NUMBER_LOOKUPS,
            "card": CHOICE_LOOKUPS,
            "currency": CHOICE_LOOKUPS,
            "cash_payment": CHOICE_LOOKUPS,
            "installment_payment": CHOICE_LOOKUPS,
            "three_d_payment": CHOICE_LOOKUPS,
            "modified_date": DATE_LOOKUPS,
        }


class BinNumberFilter(ResourceFilterSet):
    bin_number_length = django_filters.ChoiceFilter(
        choices=[("6", "6"), ("8", "8")], method="filter_length", label="Bin number length"
    )

    class Meta:
        model = BinNumber
        fields = {
            **COMMON,
            "bin_number": CHOICE_LOOKUPS,
            "card": CHOICE_LOOKUPS,
            "is_active": FLAG_LOOKUPS,
            "created_date": DATE_LOOKUPS,
        }

    def filter_length(self, queryset: QuerySet[BinNumber], name: str, value: str) -> QuerySet[BinNumber]:
        return queryset.alias(length=Length("bin_number")).filter(length=int(value))


class InstallmentFilter(ResourceFilterSet):
    class Meta:
        model = Installment
        fields = {
            "id": NUMBER_LOOKUPS,
            "card": CHOICE_LOOKUPS,
            "installment_count": NUMBER_LOOKUPS,
            "interest_rate": NUMBER_LOOKUPS,
            "is_active": FLAG_LOOKUPS,
            "modified_date": DATE_LOOKUPS,
        }


class IbanFilter(django_filters.CharFilter):
    """However the IBAN is written."""

    type_name = "CharFilter"

    def filter(self, queryset: QuerySet[BankAccount], value: Any) -> QuerySet[BankAccount]:
        if value in EMPTY_VALUES:
            return queryset
        values = value if isinstance(value, list) else [value]
        return queryset.filter(iban__compact__in=[compact_iban(text) for text in values])


class IbanInFilter(django_filters.BaseInFilter, IbanFilter):
    pass


class BankAccountFilter(ResourceFilterSet):
    iban = IbanFilter()
    iban__in = IbanInFilter(lookup_expr="in")

    class Meta:
        model = BankAccount
        fields = {**COMMON, "bank": CHOICE_LOOKUPS, "is_active": FLAG_LOOKUPS}


class PaymentOptionFilter(ResourceFilterSet):
    class Meta:
        model = PaymentOption
        fields = {
            **COMMON,
            "slug": CHOICE_LOOKUPS,
            "name": CHOICE_LOOKUPS,
            "payment_type": CHOICE_LOOKUPS,
            "is_active": FLAG_LOOKUPS,
        }
