"""Bimetri's errors: `{statusCode, error, message, path}`, `error` a name ending in Exception."""

from typing import Any

from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.request import Request

from billing import errors
from billing.errors import PayerError
from config.kit.contracts.errors import ContractError, ErrorTranslation, first_message
from config.kit.lib.errors import InvalidValueError

_RULES: dict[type[PayerError], tuple[str, int]] = {
    errors.SubscriptionNotFoundError: ("SubscriptionNotFoundException", 404),
    errors.BillNotFoundError: ("BillNotFoundException", 404),
    errors.BillAlreadyPaidError: ("BillAlreadyPaidException", 400),
    errors.BillPaymentInProgressError: ("BillPaymentInProgressException", 400),
    errors.BillsIncompatibleError: ("BadRequestException", 400),
    errors.NoRouteError: ("NoRouteException", 400),
    errors.NoDefaultMethodError: ("BadRequestException", 400),
    errors.MethodNotChargeableError: ("NoRouteException", 400),
    errors.MethodExpiredError: ("BadRequestException", 400),
    errors.GatewayUnavailableError: ("GatewayUnavailableException", 500),
    errors.VelocityLimitError: ("TooManyRequestsException", 429),
}

_BY_STATUS = {
    401: "UnauthorizedException",
    404: "NotFoundException",
    405: "MethodNotAllowedException",
    413: "PayloadTooLargeException",
    415: "UnsupportedMediaTypeException",
    429: "TooManyRequestsException",
}

_OTHERS = (
    ("BadRequestException", 400),
    ("PaymentDeclinedException", 400),
    ("PaymentUncertainException", 500),
    ("InternalServerException", 500),
)
"""Errors of bodies, of a payment's outcome, and defects."""


def names_of_status(status: int) -> list[str]:
    """The names that `error` can have in an answer with this status."""
    known = [*_RULES.values(), *((name, code) for code, name in _BY_STATUS.items()), *_OTHERS]
    return sorted({name for name, code in known if code == status}) or ["BadRequestException"]


class BimetriError(ContractError):
    def __init__(self, name: str, message: str, status: int) -> None:
        super().__init__(message, status)
        self.name = name

    def body(self, request: Request) -> dict[str, Any]:
        return {"statusCode": self.status, "error": self.name, "message": self.message, "path": request.path}


class BimetriErrors(ErrorTranslation):
    def from_domain(self, error: Exception) -> BimetriError | None:
        if isinstance(error, InvalidValueError):
            return BimetriError("BadRequestException", f"{error.field}: {error.message}", 400)
        if not isinstance(error, PayerError) or type(error) not in _RULES:
            return None
        name, status = _RULES[type(error)]
        return BimetriError(name, error.message, status)

    def from_framework(self, error: APIException) -> BimetriError:
        """The message names the field (`CardNumber: …`) and repeats nothing that was sent. 403 is not used here."""
        status = 401 if isinstance(error, PermissionDenied) else error.status_code
        path, message = first_message(error.detail)
        return BimetriError(
            _BY_STATUS.get(status, "BadRequestException"), ": ".join([*path, message]), status
        )

    def unexpected(self) -> BimetriError:
        return BimetriError("InternalServerException", "Something went wrong.", 500)
