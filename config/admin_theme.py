"""Settings of django-unfold, the admin's theme."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _session_script(request: HttpRequest) -> str:
    return f"{static('admin/session.js')}?seconds={settings.SESSION_IDLE_SECONDS}"


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Payments back office"),
    "SITE_HEADER": _("Payments back office"),
    "SITE_SYMBOL": "payments",
    "SITE_URL": None,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("admin/favicon.svg")},
    ],
    "STYLES": [
        lambda request: static("admin/backoffice.css"),
        lambda request: static("admin/reach.css"),
        lambda request: static("admin/lists.css"),
        lambda request: static("admin/search.css"),
    ],
    "SCRIPTS": [
        _session_script,
        lambda request: static("admin/search.js"),
        lambda request: static("admin/keyboard.js"),
    ],
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "config.dashboard.dashboard",
    "ACCOUNT": {
        "navigation": [
            {"title": _("Change password"), "link": reverse_lazy("admin:password_change")},
            {"title": _("Second factor"), "link": reverse_lazy("factors:overview")},
        ]
    },
    "SIDEBAR": {"navigation": "config.menu.navigation"},
}
