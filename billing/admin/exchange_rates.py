"""Exchange rates that limits are counted in. Rows are only added."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from billing.models import ExchangeRate
from config.kit.admin.base_admin import BaseAdmin


@admin.register(ExchangeRate)
class ExchangeRateAdmin(BaseAdmin):
    list_display = ("currency", "into", "rate", "valid_from", "created_by", "created_at")
    list_filter = ("currency", "into")
    list_select_related = ("created_by",)
    fields = ("currency", "into", "rate", "valid_from")

    def has_change_permission(self, request: HttpRequest, obj: ExchangeRate | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ExchangeRate | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ExchangeRate, form: Any, change: bool) -> None:
        obj.created_by_id = request.user.pk
        obj.save(force_insert=True)
