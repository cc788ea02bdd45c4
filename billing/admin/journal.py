"""The journal and its chart of accounts."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from billing import services
from billing.admin.base import BillingAdmin
from billing.models import ClosedDay, JournalAccount, JournalEntry
from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.admin.filters import DayColumnRangeFilter
from config.kit.lib.money import format_money


@admin.register(JournalAccount)
class JournalAccountAdmin(BillingAdmin):
    service = services.journal_accounts
    list_display = ("code", "name", "role")
    fieldsets = [(None, {"fields": ["role", "code", "name"]})]
    fixed_fields = ("role",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnlyAdmin):
    list_display = ("pk", "day", "kind", "text", "posted_at")
    list_filter = (("kind", ChoicesDropdownFilter), ("day", DayColumnRangeFilter))
    list_disable_select_all = True
    sortable_by = ()
    ordering = ("-pk",)
    fields = ("day", "kind", "text", "sides", "posted_at")
    readonly_fields = ("sides",)

    @display(description=_("Debit and credit"))
    def sides(self, entry: JournalEntry) -> SafeString:
        lines = [
            (line.account, format_money(line.debit - line.credit, line.currency))
            for line in entry.lines.select_related("account")
        ]
        return format_html_join("", "<div>{}: {}</div>", lines)


@admin.register(ClosedDay)
class ClosedDayAdmin(ReadOnlyAdmin):
    list_display = (
        "day", "pos", "currency", "gross", "refunds", "commission", "net", "expected_net", "written_off",
        "closed_by", "closed_at",
    )  # fmt: skip
    list_select_related = ("pos", "closed_by")
    list_filter = (("day", DayColumnRangeFilter),)
