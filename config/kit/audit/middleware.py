from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from config.kit.audit import log


class AuditMiddleware:
    """Lets the audit log know who asks, and from where."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = log.request.set(request)
        try:
            return self.get_response(request)
        finally:
            log.request.reset(token)
