"""Filters of the payments list under a name. A view is an address, so that it can be sent to others as well."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from billing.models import SavedView

MOST = 50
NOT_FILTERS = ("p", "e", "all")


class SavedViewForm(forms.ModelForm):
    class Meta:
        model = SavedView
        fields = ("name", "query")

    def clean_query(self) -> str:
        """Without the page's number: a view begins at its start."""
        query = QueryDict(self.cleaned_data["query"].removeprefix("?"), mutable=True)
        for name in NOT_FILTERS:
            query.pop(name, None)
        return query.urlencode()


class SavedViewsMixin(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        def page(view: Any) -> Any:
            return self.admin_site.admin_view(require_POST(view))

        own = [
            path("views/", page(self.save_view), name="billing_payment_save_view"),
            path("views/<int:key>/remove/", page(self.remove_view), name="billing_payment_remove_view"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None)
        if context and "cl" in context:
            present = request.GET.urlencode()
            context["views"] = [
                (view, f"?{view.query}", view.query == present, self._may_remove(request, view))
                for view in SavedView.objects.all()[:MOST]
            ]
            context["present_query"] = (
                present if context["cl"].has_active_filters or context["cl"].query else ""
            )
        return response

    def save_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = SavedViewForm(request.POST, instance=SavedView(created_by_id=request.user.pk))
        if form.is_valid() and SavedView.objects.count() < MOST:
            form.save()
            messages.success(request, _("The view was saved. Everybody who may see payments finds it here."))
        else:
            texts = [str(text) for found in form.errors.values() for text in found]
            messages.error(request, " ".join(texts) or _("There are too many views. Remove one first."))
        return HttpResponseRedirect(f"{_list()}?{QueryDict(request.POST.get('query', '')).urlencode()}")

    def remove_view(self, request: HttpRequest, key: int) -> HttpResponse:
        view = SavedView.objects.filter(pk=key).first()
        if view is not None:
            if not self._may_remove(request, view):
                raise PermissionDenied
            view.delete()
            messages.success(request, _("The view “%(name)s” was removed.") % {"name": view.name})
        return HttpResponseRedirect(_list())

    def _may_remove(self, request: HttpRequest, view: SavedView) -> bool:
        """Whoever made it, and administrators of users."""
        is_own = view.created_by_id == request.user.pk
        return self.has_view_permission(request) and (is_own or request.user.has_perm("auth.change_user"))


def _list() -> str:
    return reverse("admin:billing_payment_changelist")
