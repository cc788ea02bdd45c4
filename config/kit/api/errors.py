"""How the native API (the Omnitron contract) prints errors. Other contracts have their own `errors.py`."""

from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from config.kit.api.parsers import RequestTooLarge
from config.kit.lib.errors import InvalidValueError, RuleError, UniqueSetsError


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """400 for shape and unique sets, 406 with a code for business rules; None (500) for what nobody foresaw."""
    if isinstance(error, RuleError):
        body = {"non_field_errors": error.message, "error_code": error.code}
        return Response(body, status=status.HTTP_406_NOT_ACCEPTABLE)
    if isinstance(error, UniqueSetsError):
        error = exceptions.ValidationError(error.detail)
    elif isinstance(error, InvalidValueError):
        error = exceptions.ValidationError({error.field: [error.message]})
    elif isinstance(error, RequestDataTooBig):
        error = RequestTooLarge()
    elif isinstance(error, SuspiciousOperation):
        error = exceptions.ParseError("The request could not be read.")
    return drf_exception_handler(error, context)
