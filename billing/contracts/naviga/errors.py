"""Naviga's errors: `{"error": …}` about the request itself, the envelope with `Errors` about its contents."""

import logging
from typing import Any

from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.request import Request

from billing import errors
from billing.contracts.naviga.mapping import Json, envelope
from config.kit.contracts.errors import ContractError, ErrorTranslation
from config.kit.lib.errors import InvalidValueError, RuleError

logger = logging.getLogger(__name__)

VALIDATION, NOT_PROCESSING_ALLOWED = (0, "Validation"), (1, "NotProcessingAllowed")


class RequestError(ContractError):
    """`{"error": …}`: a header is missing or wrong, or the request can't be handled at all."""

    def body(self, request: Request) -> Json:
        return {"error": self.message}


class NavigaError(ContractError):
    """One error of the page's list, in the envelope. `code` is the envelope's `Code`; it may differ from the status."""

    def __init__(
        self,
        message: str,
        error_code: str,
        *,
        code: int = 400,
        kind: tuple[int, str] = VALIDATION,
        status: int = 400,
    ) -> None:
        super().__init__(message, status)
        self.error_code, self.code, self.kind = error_code, code, kind

    def body(self, request: Request) -> Json:
        kind = {"Id": self.kind[0], "Code": self.kind[1]}
        error: dict[str, Any] = {
            "Message": self.message,
            "Code": self.error_code,
            "Type": kind,
            "ErrorSource": None,
        }
        return envelope(request, code=self.code, errors=[error])


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


_FAILURES: dict[type[Exception], NavigaError] = {
    errors.EventNotCreatedError: NavigaError(
        "Failed to create ADDPAYMENTMETHOD Event.", "Billing_04", code=500, kind=NOT_PROCESSING_ALLOWED
    ),
    errors.EventNotClosedError: NavigaError(
        "Failed to update ADDPAYMENTMETHOD Event.", "Billing_05", code=500, kind=NOT_PROCESSING_ALLOWED
    ),
    errors.MethodNotSavedError: NavigaError("Failed when saving Payment Method to DB.", "Billing_06"),
}


class NavigaErrors(ErrorTranslation):
    def from_domain(self, error: Exception) -> NavigaError | None:
        if isinstance(error, (RuleError, InvalidValueError)):
            return invalid_inputs()
        if type(error) in _FAILURES:
            logger.error("Payment method: %s", type(error).__name__, exc_info=error)
        return _FAILURES.get(type(error))

    def from_framework(self, error: APIException) -> ContractError:
        """All faults of a body are one error: nothing that was sent is repeated."""
        if isinstance(error, (ParseError, ValidationError)):
            return invalid_inputs()
        return RequestError(str(error.detail), error.status_code)

    def unexpected(self) -> RequestError:
        return RequestError("Something went wrong. Please try again later.", 500)
