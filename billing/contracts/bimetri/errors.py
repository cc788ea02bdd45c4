"""Errors as Bimetri's clients know them: `{statusCode, error, message, path}`."""

import logging
from typing import Any

from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from billing import errors
from billing.errors import PayerError

logger = logging.getLogger(__name__)

NAMES = {
    errors.SubscriptionNotFoundError: ("SubscriptionNotFoundException", status.HTTP_404_NOT_FOUND),
    errors.BillNotFoundError: ("BillNotFoundException", status.HTTP_404_NOT_FOUND),
    errors.BillAlreadyPaidError: ("BillAlreadyPaidException", status.HTTP_400_BAD_REQUEST),
    errors.BillPaymentInProgressError: ("BillPaymentInProgressException", status.HTTP_400_BAD_REQUEST),
    errors.BillsIncompatibleError: ("BadRequestException", status.HTTP_400_BAD_REQUEST),
    errors.NoRouteError: ("NoRouteException", status.HTTP_400_BAD_REQUEST),
    errors.NoDefaultMethodError: ("BadRequestException", status.HTTP_400_BAD_REQUEST),
    errors.MethodNotChargeableError: ("NoRouteException", status.HTTP_400_BAD_REQUEST),
    errors.MethodExpiredError: ("BadRequestException", status.HTTP_400_BAD_REQUEST),
}

_BY_STATUS = {
    status.HTTP_401_UNAUTHORIZED: "UnauthorizedException",
    status.HTTP_404_NOT_FOUND: "NotFoundException",
    status.HTTP_405_METHOD_NOT_ALLOWED: "MethodNotAllowedException",
    status.HTTP_413_REQUEST_ENTITY_TOO_LARGE: "PayloadTooLargeException",
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: "UnsupportedMediaTypeException",
    status.HTTP_429_TOO_MANY_REQUESTS: "TooManyRequestsException",
}


class BimetriError(Exception):
    """An answer of its own name and status."""

    def __init__(self, error: str, message: str, status_code: int) -> None:
        super().__init__(error)
        self.error, self.message, self.status_code = error, message, status_code


def answer(error: str, message: str, status_code: int, path: str) -> Response:
    body = {"statusCode": status_code, "error": error, "message": message, "path": path}
    return Response(body, status=status_code)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """Every failure in the contract's form. What nobody foresaw is logged with its traceback."""
    path = context["request"].path
    if isinstance(error, BimetriError):
        return answer(error.error, error.message, error.status_code, path)
    if isinstance(error, PayerError):
        name, code = NAMES[type(error)]
        return answer(name, error.message, code, path)
    if isinstance(error, exceptions.PermissionDenied):  # 403 is not used on this contract
        error = exceptions.NotAuthenticated(str(error.detail))
        return answer("UnauthorizedException", str(error.detail), status.HTTP_401_UNAUTHORIZED, path)
    response = drf_exception_handler(error, context)
    if response is None:
        logger.exception("Unforeseen error on %s", path)
        return answer("InternalServerException", "Something went wrong.", 500, path)
    name = _BY_STATUS.get(response.status_code, "BadRequestException")
    return answer(name, _message(response.data), response.status_code, path)


def _message(detail: Any) -> str:
    """The first message, with the field in front: `CardNumber: …`. Nothing that was sent is repeated."""
    if isinstance(detail, dict):
        name, value = next(iter(detail.items()))
        inner = _message(value)
        return inner if name in ("detail", "non_field_errors") else f"{name}: {inner}"
    if isinstance(detail, list):
        return _message(detail[0]) if detail else ""
    return str(detail)
