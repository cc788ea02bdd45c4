"""The base of the back office's pages: bounded queries, export, history. Nothing is written here."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from unfold.views import ChangeList

from config.kit.admin.export import ExportMixin
from config.kit.admin.history import history_of
from config.kit.admin.paginator import BoundedPaginator


class BoundedChangeList(ChangeList):
    """Without the count of the whole table there is no "of … in total" to print over the list."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = self.result_count


class ReadingAdmin(ExportMixin):
    """Lists whose cost does not grow with the table, and the history of each row."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # a count for each choice of each filter
    list_filter_submit = True
    list_per_page = 50
    list_max_show_all = 0
    list_fullwidth = True
    object_history_template = "admin/history.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return BoundedChangeList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """No regular expressions by address: a wrong one is an error of the database, a slow one a burden."""
        return not lookup.endswith("regex") and super().lookup_allowed(lookup, value, request)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        """Without the button for the history of a table that keeps none."""
        keeps = hasattr(self.model, "pgh_event_model")
        return super().changeform_view(
            request, object_id, form_url, {"show_history": keeps, **(extra_context or {})}
        )

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        key = self.model._meta.pk.to_python(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        number = request.GET.get("p", "1")
        history = history_of(self.model, key, number=int(number) if number.isdecimal() else 1)
        instance = self.get_object(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %s") % (instance or _("deleted object")),
            "opts": self.opts,
            "object": instance,
            "history": history,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)


class RecordAdmin(ReadingAdmin):
    """What happened: rows that nobody adds, changes or deletes on a form. Buttons may still act on them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
