"""Errors as Naviga's clients know them: `{"error": …}` about the request, the envelope about its contents."""

import logging
from typing import Any

from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from billing import errors
from billing.contracts.naviga.mapping import envelope
from config.kit.lib.errors import InvalidValueError, RuleError

logger = logging.getLogger(__name__)

VALIDATION, NOT_PROCESSING_ALLOWED = (0, "Validation"), (1, "NotProcessingAllowed")

SOMETHING_WENT_WRONG = "Something went wrong. Please try again later."


class HeaderError(Exception):
    """A header is missing or wrong."""

    def __init__(self, message: str, status_code: int) -> None:
        super().__init__(message)
        self.message, self.status_code = message, status_code


class NavigaError(Exception):
    """One error of the page's list. `code` is the body's, the HTTP status is 400 but for what is not found."""

    def __init__(
        self,
        message: str,
        error_code: str,
        *,
        code: int = 400,
        kind: tuple[int, str] = VALIDATION,
        status: int = 400,
    ) -> None:
        super().__init__(message)
        self.message, self.error_code, self.code, self.kind, self.status = (
            message,
            error_code,
            code,
            kind,
            status,
        )

    @property
    def body(self) -> dict[str, Any]:
        """As it stands in `Errors`."""
        kind = {"Id": self.kind[0], "Code": self.kind[1]}
        return {"Message": self.message, "Code": self.error_code, "Type": kind, "ErrorSource": None}


def invalid_inputs() -> NavigaError:
    return NavigaError("Invalid inputs.", "BILLING_01")


def subscription_not_found() -> NavigaError:
    return NavigaError("Subscription not found.", "Billing_01")


def no_configuration() -> NavigaError:
    return NavigaError("Error getting newspaper configuration settings.", "Billing_02", code=500)


def address_not_found() -> NavigaError:
    return NavigaError("Billing Address not found.", "Billing_03")


def method_not_found() -> NavigaError:
    return NavigaError("Payment method not found.", "Payments_05", code=404, status=404)


_OF_SERVICE = {
    errors.EventNotCreatedError: NavigaError(
        "Failed to create ADDPAYMENTMETHOD Event.", "Billing_04", code=500, kind=NOT_PROCESSING_ALLOWED
    ),
    errors.EventNotClosedError: NavigaError(
        "Failed to update ADDPAYMENTMETHOD Event.", "Billing_05", code=500, kind=NOT_PROCESSING_ALLOWED
    ),
    errors.MethodNotSavedError: NavigaError("Failed when saving Payment Method to DB.", "Billing_06"),
}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """Every failure in one of the contract's two forms. What nobody foresaw is logged with its traceback."""
    if isinstance(error, HeaderError):
        return Response({"error": error.message}, status=error.status_code)
    if isinstance(error, (exceptions.ParseError, exceptions.ValidationError, RuleError, InvalidValueError)):
        error = invalid_inputs()
    elif type(error) in _OF_SERVICE:
        logger.error("Payment method: %s", type(error).__name__, exc_info=error)
        error = _OF_SERVICE[type(error)]
    if isinstance(error, NavigaError):
        body = envelope(context["request"], code=error.code, errors=[error.body])
        return Response(body, status=error.status)
    response = drf_exception_handler(error, context)
    if response is None:
        logger.exception("Unforeseen error on %s", context["request"].path)
        return Response({"error": SOMETHING_WENT_WRONG}, status=status.HTTP_500_INTERNAL_SERVER_ERROR)
    return Response({"error": str(response.data["detail"])}, status=response.status_code)
