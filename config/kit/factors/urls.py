from typing import Any

from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

from config.kit.factors import passkeys, views
from config.kit.factors.marks import open_before_factor


def _open(view: Any) -> Any:
    return open_before_factor(view.as_view())


# The names are those that django-otp-webauthn's templates ask for.
ceremonies = [
    path("register/", _open(passkeys.BeginRegistration), name="credential-registration-begin"),
    path("register/done/", _open(passkeys.CompleteRegistration), name="credential-registration-complete"),
    path("show/", _open(passkeys.BeginAuthentication), name="credential-authentication-begin"),
    path("show/done/", _open(passkeys.CompleteAuthentication), name="credential-authentication-complete"),
    path("words/", JavaScriptCatalog.as_view(packages=["django_otp_webauthn"]), name="js-i18n-catalog"),
]
pages = [
    path("", views.overview, name="overview"),
    path("ask/", views.ask, name="ask"),
    path("add/", views.add, name="add"),
    path("codes/", views.codes, name="codes"),
    path("remove/<str:kind>/<int:key>/", views.remove, name="remove"),
]
urlpatterns = [
    path("passkeys/", include((ceremonies, "otp_webauthn"))),
    path("", include((pages, "factors"))),
]
