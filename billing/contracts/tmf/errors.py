"""TM Forum's errors: code, reason, message, status, referenceError and `@type` Error."""

from typing import Any

from rest_framework.exceptions import APIException, NotAuthenticated, ValidationError
from rest_framework.request import Request

from billing import errors
from billing.contracts.tmf.tmf630.query import QueryError
from config.kit.contracts.errors import ContractError, ErrorTranslation, first_message, standard_headers
from config.kit.lib.errors import InvalidValueError, RuleError

# Codes of TM Forum's common list. A broken rule is answered with the rule's own code (docs/contracts.md).
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
    errors.KeyReusedError,
    errors.UnallocatedExceededError,
    errors.RefundExceedsError,
    errors.RefundInProgressError,
    errors.NotRefundableError,
)
"""Rules about the current state of a resource, answered 409. All others are answered 400."""

_OWN_STATUS = (errors.GatewayUnavailableError, errors.VelocityLimitError)
"""503 and 429, as in the native API: the same request may succeed later."""


class TmfError(ContractError):
    def __init__(
        self, status: int, code: str, reason: str, message: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message, status, headers)
        self.code, self.reason = code, reason

    def body(self, request: Request) -> dict[str, Any]:
        return {
            "code": self.code,
            "reason": self.reason,
            "message": self.message,
            "status": str(self.status),
            "referenceError": None,
            "@baseType": None,
            "@schemaLocation": None,
            "@type": "Error",
        }


class TmfErrors(ErrorTranslation):
    def from_domain(self, error: Exception) -> TmfError | None:
        if isinstance(error, QueryError):
            where = f"{error.parameter}: " if error.parameter else ""
            return TmfError(400, *_INVALID_QUERY, f"{where}{error.message}")
        if isinstance(error, RuleError):
            status = 409 if isinstance(error, _CONFLICTS) else 400
            status = error.http_status if isinstance(error, _OWN_STATUS) else status
            reason = type(error).__name__.removesuffix("Error")
            return TmfError(status, error.code, reason, error.message)
        if isinstance(error, InvalidValueError):
            return TmfError(400, *_INVALID_FIELD, f"{error.field}: {error.message}")
        return None

    def from_framework(self, error: APIException) -> TmfError:
        code, reason = _BY_STATUS.get(error.status_code, _BY_STATUS[400])
        if isinstance(error, ValidationError):
            code, reason = _INVALID_FIELD
        elif isinstance(error, NotAuthenticated):
            code, reason = _MISSING_CREDENTIALS
        path, message = first_message(error.detail)
        text = f"{'.'.join(path)}: {message}" if path else message
        return TmfError(error.status_code, code, reason, text, standard_headers(error))

    def unexpected(self) -> TmfError:
        return TmfError(500, "1", "Internal error", "Something went wrong.")
