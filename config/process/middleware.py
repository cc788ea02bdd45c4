"""The language of pages, headers of answers, and bodies without a length."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import timezone, translation

from config.kit.lib import days

PEOPLE = ("/admin/", "/pay/")


class PeopleLocaleMiddleware(LocaleMiddleware):
    """Pages follow the browser or the language cookie, the native API is English.

    Other contracts set their language themselves (`config.kit.contracts.view`).
    """

    def process_request(self, request: HttpRequest) -> None:
        if request.path.startswith(PEOPLE):
            timezone.activate(days.default_zone())  # people read local time, programs read UTC
        else:
            timezone.deactivate()
        if request.path.startswith("/api/"):
            translation.activate("en")
            request.LANGUAGE_CODE = "en"
        else:
            super().process_request(request)


class AnswerHeadersMiddleware:
    """No answer is stored by anybody, unless its view says otherwise, and no page may use the device.

    Files (static, media) have headers of their own.
    """

    POLICY = ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone",
            "midi", "payment", "usb",
        )
    )  # fmt: skip

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.POLICY)
        if not request.path.startswith((settings.STATIC_URL, settings.MEDIA_URL)):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class ReadableRequestMiddleware:
    """411 for a body without a length. Django reads it as empty: a chunked PATCH would change nothing and answer 200.

    Where the server marks the end of such bodies, config/process/chunked.py has already given them a length.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # No text column can hold a NUL: an id with one is an id of nothing, not an error of the database.
        request.path_info = request.path_info.replace("\0", "\ufffd")
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            return JsonResponse({"detail": "Send the body with its Content-Length."}, status=411)
        return self.get_response(request)
