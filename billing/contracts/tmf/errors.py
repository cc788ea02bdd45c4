"""Errors as TM Forum's clients know them: code, reason, message, status, referenceError and `@type` Error."""

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from billing import errors
from billing.contracts.tmf.tmf630.query import QueryError
from config.kit.api.parsers import RequestTooLarge
from config.kit.lib.errors import InvalidValueError, RuleError

logger = logging.getLogger(__name__)

# Codes of the common list that TM Forum's APIs use; a broken rule has its own (docs/contracts.md).
_BY_STATUS = {
    400: ("22", "Invalid body"),
    401: ("41", "Invalid credentials"),
    403: ("50", "Access denied"),
    404: ("60", "Resource not found"),
    405: ("61", "Method not allowed"),
    406: ("62", "Not acceptable"),
    409: ("69", "Conflict"),
    413: ("66", "Request entity too large"),
    415: ("68", "Unsupported media type"),
    429: ("53", "Too many requests"),
}
_MISSING_CREDENTIALS = ("40", "Missing credentials")
_INVALID_QUERY = ("28", "Invalid query-string parameter value")
_INVALID_FIELD = ("24", "Invalid body field")

_CONFLICTS = (
    errors.BillPaymentInProgressError,
    errors.CorrelatorReusedError,
    errors.UnallocatedExceededError,
    errors.RefundExceedsError,
    errors.NotRefundableError,
)
"""Rules that are broken by what the resource is at the moment; the others are the request's own fault."""


def answer(status: int, code: str, reason: str, message: str) -> Response:
    body = {
        "code": code,
        "reason": reason,
        "message": message,
        "status": str(status),
        "referenceError": None,
        "@baseType": None,
        "@schemaLocation": None,
        "@type": "Error",
    }
    return Response(body, status=status)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """Every failure in the contract's form. What nobody foresaw is logged with its traceback."""
    if isinstance(error, QueryError):
        where = f"{error.parameter}: " if error.parameter else ""
        return answer(400, *_INVALID_QUERY, f"{where}{error.message}")
    if isinstance(error, RuleError):
        status = 409 if isinstance(error, _CONFLICTS) else 400
        return answer(status, error.code, type(error).__name__.removesuffix("Error"), error.message)
    if isinstance(error, InvalidValueError):
        return answer(400, *_INVALID_FIELD, f"{error.field}: {error.message}")
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, RequestDataTooBig):
        error = RequestTooLarge()
    elif isinstance(error, SuspiciousOperation):
        error = exceptions.ParseError("The request could not be read.")
    response = drf_exception_handler(error, context)
    if response is None:
        logger.exception("Unforeseen error on %s", context["request"].path)
        return answer(500, "1", "Internal error", "Something went wrong.")
    return _translated(error, response)


def _translated(error: Exception, response: Response) -> Response:
    code, reason = _BY_STATUS.get(response.status_code, _BY_STATUS[400])
    if isinstance(error, exceptions.ValidationError):
        code, reason = _INVALID_FIELD
    elif isinstance(error, exceptions.NotAuthenticated):
        code, reason = _MISSING_CREDENTIALS
    translated = answer(response.status_code, code, reason, _message(response.data))
    for name in ("Allow", "WWW-Authenticate", "Retry-After"):
        if name in response.headers:
            translated[name] = response.headers[name]
    return translated


def _message(detail: Any) -> str:
    """The first message, with the path of its field in front: `totalAmount.value: …`."""
    path = []
    while isinstance(detail, (dict, list)) and detail:
        if isinstance(detail, dict):
            name, detail = next(iter(detail.items()))
            path += [] if name in ("detail", "non_field_errors") else [str(name)]
        else:
            index = next((i for i, item in enumerate(detail) if item), 0)
            path += [str(index)] if isinstance(detail[index], dict) else []
            detail = detail[index]
    return f"{'.'.join(path)}: {detail}" if path else str(detail)
