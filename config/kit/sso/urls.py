from typing import Any

from django.urls import path

from config.kit.factors.marks import open_before_factor
from config.kit.sso import views


def _open(view: Any) -> Any:
    return open_before_factor(view.as_view())


urlpatterns = [
    path("", _open(views.ToProviderView), name="oidc_authentication_init"),
    path("back/", _open(views.FromProviderView), name="oidc_authentication_callback"),
]
