"""The access log: who accessed which cards, when and from where."""

import re
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from config.kit.admin.badge import badge
from config.kit.admin.filters import DayRangeFilter
from config.kit.admin.paginator import NearestPagePaginator
from config.kit.admin.related_rows import RelatedRows
from vault.admin.base import UnversionedAdmin
from vault.models import AccessLog, ApiKey

_PREFIX = re.compile(rf"[A-Za-z0-9]{{{ApiKey.PREFIX_LENGTH}}}")


class ShowsAccess:
    """Columns of the access log."""

    @display(description=gettext_lazy("Who"))
    def who(self, line: AccessLog) -> str:
        if line.key is not None:
            return _("keys %(prefix)s") % {"prefix": f"{line.key.prefix}…"}
        return line.user.get_username() if line.user else _("System")

    @display(description=gettext_lazy("When"))
    def when(self, line: AccessLog) -> str:
        return f"{localtime(line.at):%Y-%m-%d %H:%M:%S}"

    @display(description=gettext_lazy("Result"))
    def result(self, line: AccessLog) -> SafeString:
        return badge(line.error_code, "danger") if line.error_code else badge(_("Success"), "success")

    @display(description=gettext_lazy("Cards"))
    def cards(self, line: AccessLog) -> str:
        shown = ", ".join(str(key) for key in line.card_ids[:3])
        return f"{shown} … ({len(line.card_ids)})" if len(line.card_ids) > 3 else shown


class ResultFilter(DropdownFilter):
    title = gettext_lazy("Result")
    parameter_name = "result"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ok", _("Success")), ("failed", _("Failed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = {"ok": Q(error_code=0), "failed": ~Q(error_code=0)}.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(chosen)


class AccessRows(ShowsAccess, RelatedRows):
    """The access log as a table on the page of another object."""

    paginator = NearestPagePaginator
    list_display = ("when", "action", "who", "result", "address", "detail")
    list_display_links = None
    sortable_by = ()
    ordering = ("-pk",)


@admin.register(AccessLog)
class AccessLogAdmin(ShowsAccess, UnversionedAdmin):
    list_display = ("when", "action", "merchant", "who", "result", "cards", "detail", "address")
    list_filter = (
        ("action", ChoicesDropdownFilter),
        ResultFilter,
        ("merchant", AutocompleteSelectFilter),
        ("at", DayRangeFilter),
    )
    list_select_related = ("merchant", "key", "user")
    search_fields = ("card_ids",)
    search_help_text = gettext_lazy("Card ID or API key prefix")
    sortable_by = ()
    ordering = ("-pk",)
    actions = None
    fields = ("when", "action", "merchant", "who", "result", "card_ids", "detail", "address", "request_id")
    readonly_fields = fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.replace("\0", "").strip()
        if not term:
            return queryset, False
        found = Q(pk__in=[])
        if term.isascii() and term.isdigit() and len(term) < 19:
            found |= Q(card_ids__contains=[int(term)])
        if _PREFIX.fullmatch(term):
            keys = ApiKey.objects.filter(prefix=term).values_list("pk", "merchant_id")
            for key, merchant in keys:
                found |= Q(merchant_id=merchant, key_id=key)
        return queryset.filter(found), False
