"""Entries of the sidebar. Each app's admin/menu.py provides its own, config/menu.py orders them."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

Entry = dict[str, Any] | None
Group = tuple[str, list[Entry]]


def list_entry(request: HttpRequest, title: str, icon: str, model: str, *, app: str) -> Entry:
    """The link to a model's list, None for whom its pages are not."""
    if not admin.site.get_model_admin(apps.get_model(app, model)).has_view_permission(request):
        return None
    return page_entry(request, title, icon, f"admin:{app}_{model}_changelist")


def page_entry(
    request: HttpRequest, title: str, icon: str, name: str, permissions: tuple[str, ...] = ()
) -> Entry:
    if not request.user.has_perms(permissions):
        return None
    return {"title": title, "icon": icon, "link": reverse(name)}
