from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from config.kit.contracts.client_ip import client_ip
from config.kit.identity.logins import mark_session_used


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
