"""All URLs of the project."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import LoginView as LogInView
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from billing.api.urls import router as billing_router
from config.api_documents import DocsView, DocumentView
from config.kit.admin.autocomplete import ChannelAutocompleteView
from config.kit.api.login import LoginView, LogoutAllView, LogoutView
from config.kit.api.resources import ResourceRouter
from config.kit.api.unknown_path import UnknownPathView
from config.kit.attempts.log_in import AdminLogInForm, LogInForm
from config.kit.identity.session_page import session_page
from config.media import media
from config.search import search_page
from payments.api.urls import router as payments_router

admin.site.login_form = AdminLogInForm
GUARDED: dict[str, Any] = {"authentication_form": LogInForm}

autocomplete = ChannelAutocompleteView.as_view(admin_site=admin.site)

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.failed"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}admin/favicon.svg")),
    path("admin/billing/", include("billing.admin.urls")),
    path("admin/payments/", include("payments.admin.urls")),
    path("admin/sso/", include("config.kit.sso.urls")),
    path("admin/second-factor/", include("config.kit.factors.urls")),
    path("admin/session/", session_page, name="session"),
    path("admin/autocomplete/", admin.site.admin_view(autocomplete)),
    path("admin/search/", admin.site.admin_view(search_page), name="search"),  # in the place of unfold's
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/schema/", DocumentView.as_view(), name="openapi"),
    path("api/schema/<slug:name>/", DocumentView.as_view()),
    path("api/docs/", DocsView.as_view(), name="docs"),
    path("api/docs/<slug:name>/", DocsView.as_view()),
    path("api/browse/login/", LogInView.as_view(template_name="rest_framework/login.html", **GUARDED)),
    path("api/browse/", include("rest_framework.urls")),
    path("api/v1/auth/login/", LoginView.as_view(), name="login"),
    re_path(r"^api/v1/auth/login$|^api/i1/auth/login/?$", LoginView.as_view(schema=None)),
    path("api/v1/auth/logout/", LogoutView.as_view(), name="logout"),
    path("api/v1/auth/logout_all/", LogoutAllView.as_view(), name="logout_all"),
    path("api/v1/", include(ResourceRouter(payments_router, billing_router).urls)),
    path("", include("billing.threeds.urls")),
    path("", include("billing.contracts.bimetri.urls")),
    path("", include("billing.contracts.naviga.urls")),
    path("", include("billing.contracts.tmf.urls")),
    path("", include("vault.contracts.paywall.urls")),
    path("api/", RedirectView.as_view(url="/api/v1/")),
    re_path(r"^api/", UnknownPathView.as_view()),
    re_path(r"^media/(?P<path>.+)$", media),
]
