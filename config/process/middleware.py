"""The language of pages, headers of answers, and bodies without a length."""

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.middleware.locale import LocaleMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils import timezone, translation
from rest_framework.exceptions import APIException

from config.kit.lib import days
from config.kit.refusal import error_in_form

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


class TransportMiddleware(SecurityMiddleware):
    """Django's, but a plain request that writes is sent on with 308: after a 301 clients repeat a POST as a GET."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        redirect = super().process_request(request)
        if redirect is None or request.method in ("GET", "HEAD"):
            return redirect
        return HttpResponsePermanentRedirect(redirect["Location"], preserve_request=True)


class LengthRequired(APIException):
    status_code = 411
    default_detail = "Send the body with its Content-Length."
    default_code = "length_required"


class UnknownEncoding(APIException):
    status_code = 415
    default_detail = "Send the body as it is, or with Content-Encoding: gzip."
    default_code = "unknown_encoding"


class ReadableRequestMiddleware:
    """411 for a body without a length. Django reads it as empty: a chunked PATCH would change nothing and answer 200.

    Where the server marks the end of such bodies, config/process/chunked.py has already given them a length, as
    config/process/compressed.py has unpacked gzip; 415 for other encodings. A body without a media type is JSON.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # No text column can hold a NUL: an id with one is an id of nothing, not an error of the database.
        request.path_info = request.path_info.replace("\0", "\ufffd")
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            return _refused(request, LengthRequired())
        if request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower() not in ("", "identity"):
            return _refused(request, UnknownEncoding())
        if request.META.get("CONTENT_LENGTH") not in (None, "", "0") and not request.META.get("CONTENT_TYPE"):
            request.META["CONTENT_TYPE"] = request.content_type = "application/json"
        return self.get_response(request)


def _refused(request: HttpRequest, error: APIException) -> HttpResponse:
    return cast(
        HttpResponse,
        error_in_form(request, error)
        or JsonResponse({"detail": str(error.detail)}, status=error.status_code),
    )
