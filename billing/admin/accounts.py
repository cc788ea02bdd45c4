"""Accounts with their subscriptions, payments and payment methods."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing import services
from billing.admin.account_search import find_accounts
from billing.admin.base import MAX_MATCHES, BillingChannelAdmin
from billing.admin.methods import MethodColumns
from billing.admin.payments import PaymentColumns
from billing.models import Account, Payment, PaymentMethod, Subscription
from billing.services.payment_method import MASKS
from config.kit.admin.channel_admin import CHANNEL_FILTER, MODIFIED_FILTER
from config.kit.admin.fields import CurrencyField
from config.kit.admin.related_rows import RelatedRows, RowsTab
from config.kit.admin.search import TermSearchMixin
from config.kit.lib.database import look_ups
from config.kit.search.terms import Term

MILLISECONDS = 3_000


class SubscriptionRows(RelatedRows):
    parent = "account_id"
    list_display = ("number", "name", "status", "modified_date")
    sortable_by = ()
    ordering = ("-pk",)


class SubscriptionsOfAccount(RowsTab):
    model = Subscription
    model_admin = SubscriptionRows


class PaymentRows(PaymentColumns, RelatedRows):
    parent = "account_id"
    list_display = (
        "shown_amount",
        "shown_state",
        "created_date",
        "masked_card",
        "bank_reference",
        "order_id",
    )
    sortable_by = ()


class PaymentsOfAccount(RowsTab):
    model = Payment
    model_admin = PaymentRows


class MethodRows(MethodColumns, RelatedRows):
    parent = "account_id"
    list_display = (
        "kind",
        "holder_name",
        "shown_number",
        "brand",
        "shown_expiry",
        "shown_default",
        "is_active",
    )
    sortable_by = ()
    ordering = ("-is_default", "-pk")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).defer(*MASKS)


class MethodsOfAccount(RowsTab):
    model = PaymentMethod
    model_admin = MethodRows


@admin.register(Account)
class AccountAdmin(TermSearchMixin, BillingChannelAdmin):
    empty_text = _("Accounts are your customers. Add one, or import them from a file.")
    service = services.accounts
    list_display = ("account_number", "name", "email", "phone", "currency", "channel", "modified_date")
    list_filter = (CHANNEL_FILTER, MODIFIED_FILTER)
    search_help_text = _("Account number, name, email or phone")
    sortable_by = ("account_number",)
    tabs = (SubscriptionsOfAccount, PaymentsOfAccount, MethodsOfAccount)
    ordering = ("-pk",)
    fieldsets = [(None, {"fields": ["channel", "account_number", "name", "email", "phone", "currency"]})]

    def matches(self, term: str) -> Q:
        """The keys are looked up first: an order of the whole table would be the planner's other choice."""
        with look_ups(MILLISECONDS):
            found = find_accounts(Account.objects.only("pk"), Term(term), MAX_MATCHES)
        return Q(pk__in=[account.pk for account in found])

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "currency":
            return db_field.formfield(form_class=CurrencyField)
        return super().formfield_for_dbfield(db_field, request, **kwargs)
