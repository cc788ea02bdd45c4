"""How the native API (the Omnitron contract) answers errors."""

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from config.kit.api.parsers import RequestTooLarge
from config.kit.lib.errors import InvalidValueError, RuleError, UniqueSetsError


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """400 for shape and unique sets, a business rule's own status (mostly 406) and code, None (500) for the rest."""
    if isinstance(error, RuleError):
        body = {"non_field_errors": error.message, "error_code": error.code}
        return Response(body, status=error.http_status)
    if isinstance(error, UniqueSetsError):
        error = exceptions.ValidationError(error.detail)
    elif isinstance(error, InvalidValueError):
        error = exceptions.ValidationError({error.field: [error.message]})
    return drf_exception_handler(as_api_exception(error), context)


def as_api_exception(error: Exception) -> Exception:
    """Django's exceptions that mean an HTTP status, as DRF's. Others are returned as they are."""
    if isinstance(error, RequestDataTooBig):
        return RequestTooLarge()
    if isinstance(error, SuspiciousOperation):
        return exceptions.ParseError("The request could not be read.")
    if isinstance(error, Http404):
        return exceptions.NotFound(*error.args)
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied(*error.args)
    return error
