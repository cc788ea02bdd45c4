"""Errors that no view answers: wrong hosts, unknown paths, failures. Only people get them as a page."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views import defaults
from django.views.csrf import csrf_failure
from rest_framework.exceptions import APIException

from config.error_page import EXPIRED_FORM, error_page
from config.kit.api.parsers import RequestTooLarge
from config.kit.refusal import error_in_form


class UnreadableRequest(APIException):
    status_code = 400
    default_detail = "The request could not be read."
    default_code = "unreadable"


OAUTH = "/oauth/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Also of a wrong host, before the request is for any view."""
    too_large = isinstance(exception, RequestDataTooBig)
    error = RequestTooLarge() if too_large else UnreadableRequest()
    if request.path_info.startswith(OAUTH):
        return JsonResponse({"error": "invalid_request"}, status=error.status_code)
    return (
        error_in_form(request, error)
        or error_page(request, error.status_code)
        or defaults.bad_request(request, exception)
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path_info.startswith(OAUTH):
        return JsonResponse({"error": "invalid_request"}, status=404)
    return error_page(request, 404) or defaults.page_not_found(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return error_page(request, 403) or defaults.permission_denied(request, exception)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """The page was opened before another log-in, or cookies are off."""
    return error_page(request, 403, EXPIRED_FORM) or csrf_failure(request, reason)


def failed(request: HttpRequest) -> HttpResponseBase:
    if request.path_info.startswith(OAUTH):
        return JsonResponse({"error": "server_error"}, status=500)
    return (
        error_in_form(request, APIException("Something went wrong."))
        or error_page(request, 500)
        or defaults.server_error(request)
    )
