"""The inbox: callbacks from banks, through the payer's browser or server to server, each with its verdict."""

from urllib.parse import parse_qsl

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from billing.admin.base import object_link
from billing.admin.colours import VERDICT_COLOURS
from billing.models import Callback
from config.kit.admin.badge import badge
from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.admin.filters import DayRangeFilter


@admin.register(Callback)
class CallbackAdmin(ReadOnlyAdmin):
    empty_text = _("What banks send back is kept here before it is believed. Nothing has arrived.")
    list_display = ("pk", "received_at", "shown_verdict", "shown_payment", "remote_address", "note")
    list_filter = (("verdict", ChoicesDropdownFilter), ("received_at", DayRangeFilter))
    list_select_related = ("payment",)
    search_fields = ("payment__order_id__exact",)
    search_help_text = _("Order ID")
    sortable_by = ()
    ordering = ("-pk",)
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("shown_verdict", "note"),
                    ("received_at", "method", "remote_address"),
                    "shown_payment",
                    "shown_body",
                ]
            },
        )
    ]

    @display(description=_("Verdict"))
    def shown_verdict(self, callback: Callback) -> SafeString:
        return badge(callback.get_verdict_display(), VERDICT_COLOURS[callback.verdict])

    @display(description=_("Payment"))
    def shown_payment(self, callback: Callback) -> SafeString | str:
        return object_link(callback.payment) if callback.payment else "–"

    @display(description=_("Body"))
    def shown_body(self, callback: Callback) -> SafeString:
        """Forms field by field. Card numbers, codes and signatures were masked before it was stored."""
        fields = parse_qsl(callback.body, keep_blank_values=True)
        if not fields:
            return format_html('<pre class="wrap-anywhere whitespace-pre-wrap">{}</pre>', callback.body)
        line = '<dt class="font-semibold">{}</dt><dd class="wrap-anywhere">{}</dd>'
        return format_html('<dl class="config-table">{}</dl>', format_html_join("", line, fields))
