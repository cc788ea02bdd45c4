"""Exchange rates that limits are counted in. Rows are only added."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import ExchangeRate
from billing.services.exchange_rate import enter_rate
from config.kit.admin.base_admin import BaseAdmin
from config.kit.admin.urls import list_url


@admin.register(ExchangeRate)
class ExchangeRateAdmin(BaseAdmin):
    empty_text = gettext_lazy("Needed only where bills are paid in another currency than their own.")
    list_display = ("currency", "into", "rate", "valid_from", "created_by", "created_at")
    list_filter = ("currency", "into")
    list_select_related = ("created_by",)
    fields = ("currency", "into", "rate", "valid_from")

    def has_change_permission(self, request: HttpRequest, obj: ExchangeRate | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ExchangeRate | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ExchangeRate, form: Any, change: bool) -> None:
        enter_rate(obj, user_id=request.user.pk)

    def log_addition(self, request: HttpRequest, obj: ExchangeRate, message: Any) -> Any:
        return super().log_addition(request, obj, message) if obj.pk else None

    def response_add(
        self, request: HttpRequest, obj: ExchangeRate, post_url_continue: str | None = None
    ) -> HttpResponse:
        if obj.pk:
            return super().response_add(request, obj, post_url_continue)
        messages.warning(request, _("The exchange rate counts once another user has approved it."))
        return HttpResponseRedirect(list_url(ExchangeRate))
