"""Helpers for the vault's admin pages."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.contracts.client_ip import client_ip
from vault.services.access import Actor


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in user, for the access log."""
    return Actor(user_id=request.user.pk, address=client_ip(request) or None)


class UnversionedAdmin(ReadOnlyAdmin):
    """A read-only admin without a history page: the access log takes its place."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        context = {"show_history": False, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise Http404


def confirmation(model_admin: Any, request: HttpRequest, **context: Any) -> TemplateResponse:
    """A page that explains an action and asks for confirmation."""
    shared = {**model_admin.admin_site.each_context(request), "opts": model_admin.opts}
    return TemplateResponse(request, "admin/simple_form.html", {**shared, **context})
