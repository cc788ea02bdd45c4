"""Accounts: who owes, with their subscriptions."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from unfold.datasets import BaseDataset

from billing import services
from billing.admin.base import ChannelOwnedAdmin
from billing.models import Account, Subscription
from config.admin.fields import CurrencyField
from config.admin.owned import CHANNEL_FILTER, MODIFIED_FILTER
from config.admin.rows import RowsOfParent


class SubscriptionRows(RowsOfParent):
    parent = "account_id"
    list_display = ("number", "name", "status", "modified_date")
    sortable_by = ()
    ordering = ("-pk",)


class SubscriptionsOfAccount(BaseDataset):
    model = Subscription
    model_admin = SubscriptionRows
    tab = True


@admin.register(Account)
class AccountAdmin(ChannelOwnedAdmin):
    service = services.accounts
    list_display = ("account_number", "name", "email", "phone", "currency", "channel", "modified_date")
    list_filter = (CHANNEL_FILTER, MODIFIED_FILTER)
    search_fields = ("account_number__startswith", "name", "email")
    sortable_by = ("account_number",)
    ordering = ("-pk",)
    fieldsets = [(None, {"fields": ["channel", "account_number", "name", "email", "phone", "currency"]})]

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "currency":
            return db_field.formfield(form_class=CurrencyField)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_changeform_datasets(self, request: HttpRequest) -> list[Any]:
        on_page = request.resolver_match and "object_id" in request.resolver_match.kwargs
        may_see = request.user.has_perm("billing.view_subscription")
        return [SubscriptionsOfAccount] if on_page and may_see else []
