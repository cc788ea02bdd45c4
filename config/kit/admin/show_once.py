"""The page that shows new secrets in clear, once."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from config.kit.admin.urls import admin_url
from config.kit.audit.log import record
from config.kit.audit.models import Action


def show_once(
    page: Any, request: HttpRequest, instance: Model, *, title: str, text: str, secrets: dict[str, str]
) -> HttpResponse:
    """Answers the request that created the secrets: a redirect would need them stored, a message puts them in a cookie.

    `secrets` are what is shown, by their names.
    """
    record(Action.SECRET_SHOWN, instance, after={"shown": sorted(secrets)})
    context = {
        **page.admin_site.each_context(request),
        "title": title,
        "text": text,
        "opts": page.opts,
        "secrets": secrets,
        "back": admin_url(instance),
    }
    response = TemplateResponse(request, "admin/show_once.html", context)
    response["Cache-Control"] = "no-store"
    return response
