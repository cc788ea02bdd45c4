"""The second factor, in one place for all pages: shown after the password, and again before what matters most."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from config.kit.factors import session
from config.kit.factors.ask import ask_again
from config.kit.factors.marks import is_asking, is_open

READING = ("GET", "HEAD", "OPTIONS")
DESK = "/admin/"


class SecondFactorMiddleware:
    """A password alone makes nobody a user, on whatever page it was typed in.

    Behind AuthenticationMiddleware and django-otp's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if not request.session.session_key:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if session.is_due(request):
            return None if is_open(view, name) else _keep_out(request)
        if request.method not in READING and is_asking(view, name) and session.is_stale(request):
            return ask_again(request)
        return None


def _keep_out(request: HttpRequest) -> HttpResponseBase | None:
    if not request.path.startswith(DESK):
        request.user = AnonymousUser()
        return None
    back = request.get_full_path() if request.method in READING else DESK
    return HttpResponseRedirect(f"{reverse('factors:ask')}?{urlencode({'next': back})}")
