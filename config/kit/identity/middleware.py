from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from config.kit.contracts.client_ip import client_ip
from config.kit.factors.marks import is_open
from config.kit.identity import notice, session_limits
from config.kit.identity.logins import mark_session_used

DESK = "/admin/"
PEEK = "/admin/session/"
"""Asked by scripts, not by people: reading it is no use of the session."""


class SessionUseMiddleware:
    """Lists browser sessions, with their last use: what is not listed could not be ended."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        key = request.session.session_key
        if key and request.user.pk is not None:
            mark_session_used(request.user.pk, key, client_ip(request), request.session.get_expiry_date())
        return response


class SessionLimitsMiddleware:
    """Ends a session that nobody uses, and every session after its longest time. Behind the one of messages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            if not session_limits.seconds_left(request):
                session_limits.end(request)
                messages.info(request, _("Your session has ended. Log in again."))
            elif not (request.path == PEEK and request.method == "GET"):
                session_limits.mark_seen(request)
        return self.get_response(request)


class LogInNoticeMiddleware:
    """Behind the one of the second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        is_page = request.method == "GET" and request.path.startswith(DESK) and request.path != PEEK
        name = request.resolver_match.view_name if request.resolver_match else ""
        if is_page and request.session.session_key and not is_open(view, name):
            notice.show(request)
