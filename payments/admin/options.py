"""Payment options: the ways to pay that a channel offers. They are switched off, not deleted."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from config.kit.admin.channel_admin import CHANNEL_FILTER, MODIFIED_FILTER
from config.kit.admin.service_admin import ActivationAdmin
from payments import services
from payments.admin.base import ChannelOwnedAdmin
from payments.models import PaymentOption


@admin.register(PaymentOption)
class PaymentOptionAdmin(ActivationAdmin, ChannelOwnedAdmin):
    empty_text = _("Payment options are what customers choose from when they pay. Add the first one.")
    service = services.payment_options
    list_display = ("name", "slug", "payment_type", "sort_order", "is_active", "channel", "modified_date")
    list_filter = (CHANNEL_FILTER, ("payment_type", ChoicesDropdownFilter), "is_active", MODIFIED_FILTER)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = [
        (None, {"fields": ["channel", "name", "slug", "payment_type", "sort_order", "is_active"]}),
        (_("More settings"), {"fields": ["config", "translations"]}),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
