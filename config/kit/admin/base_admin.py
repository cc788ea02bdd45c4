"""Base classes of all admin pages: bounded queries, export, history, tabs and confirmed actions."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.views import ChangeList

from config.kit.admin.collation import NAMES, ordered_name
from config.kit.admin.confirm import ConfirmedActionsMixin
from config.kit.admin.decimal_field import DecimalFieldsMixin
from config.kit.admin.export import ExportMixin
from config.kit.admin.history import get_history
from config.kit.admin.paginator import BoundedPaginator
from config.kit.admin.related_rows import RowsTab
from config.kit.identity.access import channel_path, reach_of

SLUG_SCRIPTS = ("/urlify.js", "/prepopulate.js", "/xregexp.js", "/xregexp.min.js")


def _small(path: Any) -> Any:
    is_long = isinstance(path, str) and "/vendor/select2/select2." in path and ".min." not in path
    return path.replace(".js", ".min.js").replace(".css", ".min.css") if is_long else path


class BoundedChangeList(ChangeList):
    """Shows no "of … total" above the list: that would count the whole table. Sorts names by the reader's alphabet."""

    def get_ordering_field(self, field_name: Any) -> Any:
        column = super().get_ordering_field(field_name)
        if isinstance(column, str) and column in NAMES:
            return ordered_name(self.lookup_opts.get_field(column)) or column
        return column

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = self.result_count


class BaseAdmin(ConfirmedActionsMixin, DecimalFieldsMixin, ExportMixin):
    """Lists whose cost does not grow with the table, and a history page for each object, within the user's channels."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # facets count the rows of each choice of each filter
    list_filter_submit = True
    list_per_page = 50
    list_max_show_all = 0
    list_fullwidth = True
    object_history_template = "admin/history.html"
    asks_factor: ClassVar[bool] = False
    """Whether all that is posted to this page asks for the second factor again (config.kit.factors)."""
    empty_text: ClassVar[str | Promise] = ""
    """What to do first, shown while the list has no row."""
    is_of_all_channels: ClassVar[bool] = False
    """Rows that tell of objects of every channel are not for people who are for some."""
    tabs: ClassVar[tuple[type[RowsTab], ...]] = ()
    """Related rows on an object's page, shown to users with the tab's permission."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Without the scripts that fill slugs on forms, which are as large as all others, and with small files of
        select2, where unfold's filters ask for the readable ones.
        """
        media = self.media
        scripts = [_small(path) for path in media._js if not str(path).endswith(SLUG_SCRIPTS)]
        styles: dict[str, Sequence[str]] = {
            medium: [_small(path) for path in paths] for medium, paths in media._css.items()
        }
        context = {"media": forms.Media(css=styles, js=scripts), **(extra_context or {})}
        return super().changelist_view(request, context)

    @display(description=ModelAdmin.action_checkbox.short_description)
    def action_checkbox(self, obj: models.Model) -> str:
        """The browser's own: the classes of unfold's are a quarter of a list."""
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="row-check action-select" aria-label="{}">',
            ACTION_CHECKBOX_NAME,
            obj.pk,
            _("Select record"),
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return BoundedChangeList

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return reach_of(request.user).limit(super().get_queryset(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A user who is for some channels adds nothing that is for all of them, and no channel."""
        is_shared = channel_path(self.model) in ("", "pk")
        if is_shared and reach_of(request.user).channels is not None:
            return False
        return super().has_add_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if self.is_of_all_channels and reach_of(request.user).channels is not None:
            return False
        return super().has_view_permission(request, obj)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """No regular expressions in query strings: invalid ones fail in the database, slow ones load it."""
        return not lookup.endswith("regex") and super().lookup_allowed(lookup, value, request)

    def get_changeform_datasets(self, request: HttpRequest) -> list[type[RowsTab]]:
        is_saved = request.resolver_match is not None and "object_id" in request.resolver_match.kwargs
        return [tab for tab in self.tabs if is_saved and request.user.has_perm(tab.view_permission())]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        """Hides the History button where the model keeps no history."""
        keeps = hasattr(self.model, "pgh_event_model")
        return super().changeform_view(
            request, object_id, form_url, {"show_history": keeps, **(extra_context or {})}
        )

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        key = self.model._meta.pk.to_python(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        number = request.GET.get("p", "1")
        history = get_history(self.model, key, number=int(number) if number.isdecimal() else 1)
        instance = self.get_object(request, object_id)
        if instance is None and reach_of(request.user).channels is not None:
            raise Http404  # of which channel a deleted object was is not known
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %s") % (instance or _("deleted object")),
            "opts": self.opts,
            "object": instance,
            "object_id": key,
            "history": history,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)


class ReadOnlyAdmin(BaseAdmin):
    """Rows that no form adds, changes or deletes. Actions may still change them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
