"""Which language a page speaks, and which bodies are read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class PeopleLocaleMiddleware(LocaleMiddleware):
    """People's pages follow the browser (or the language cookie); the API's texts are a contract and English."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path.startswith(("/api/", "/Billing/")):
            translation.activate("en")
            request.LANGUAGE_CODE = "en"
        else:
            super().process_request(request)


class LengthRequiredMiddleware:
    """Django takes a body without a length for an empty one: a chunked PATCH would change nothing and answer 200.

    Under a server that marks the end of such bodies, config/process/chunked.py has given them a length before.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            return JsonResponse({"detail": "Send the body with its Content-Length."}, status=411)
        return self.get_response(request)
