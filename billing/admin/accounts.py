"""Accounts: who owes, with their subscriptions, payments and payment methods."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.datasets import BaseDataset

from billing import services
from billing.admin.base import ChannelOwnedAdmin
from billing.admin.methods import ShowsMethod
from billing.admin.payments import ShowsPayment
from billing.models import Account, Payment, PaymentMethod, Subscription
from billing.services.payment_method import MASKS
from config.kit.admin.channel_admin import CHANNEL_FILTER, MODIFIED_FILTER
from config.kit.admin.fields import CurrencyField
from config.kit.admin.related_rows import RowsOfParent


class SubscriptionRows(RowsOfParent):
    parent = "account_id"
    list_display = ("number", "name", "status", "modified_date")
    sortable_by = ()
    ordering = ("-pk",)


class SubscriptionsOfAccount(BaseDataset):
    model = Subscription
    model_admin = SubscriptionRows
    tab = True


class PaymentRows(ShowsPayment, RowsOfParent):
    parent = "account_id"
    list_display = (
        "order_id",
        "created_date",
        "shown_state",
        "shown_amount",
        "masked_card",
        "bank_reference",
    )
    sortable_by = ()


class PaymentsOfAccount(BaseDataset):
    model = Payment
    model_admin = PaymentRows
    tab = True


class MethodRows(ShowsMethod, RowsOfParent):
    parent = "account_id"
    list_display = ("kind", "holder_name", "shown_number", "brand", "shown_expiry", "shown_own", "is_active")
    sortable_by = ()
    ordering = ("-is_default", "-pk")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).defer(*MASKS)


class MethodsOfAccount(BaseDataset):
    model = PaymentMethod
    model_admin = MethodRows
    tab = True


@admin.register(Account)
class AccountAdmin(ChannelOwnedAdmin):
    service = services.accounts
    list_display = ("account_number", "name", "email", "phone", "currency", "channel", "modified_date")
    list_filter = (CHANNEL_FILTER, MODIFIED_FILTER)
    search_fields = ("account_number__startswith", "name__istartswith", "email__istartswith")
    search_help_text = _("The beginning of the account number, name or e-mail")
    sortable_by = ("account_number",)
    ordering = ("-pk",)
    fieldsets = [(None, {"fields": ["channel", "account_number", "name", "email", "phone", "currency"]})]

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "currency":
            return db_field.formfield(form_class=CurrencyField)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_changeform_datasets(self, request: HttpRequest) -> list[Any]:
        on_page = request.resolver_match and "object_id" in request.resolver_match.kwargs
        tabs = {
            "subscription": SubscriptionsOfAccount,
            "payment": PaymentsOfAccount,
            "paymentmethod": MethodsOfAccount,
        }
        return [
            tab for name, tab in tabs.items() if on_page and request.user.has_perm(f"billing.view_{name}")
        ]
