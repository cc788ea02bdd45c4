"""Paywall's answers: `{ErrorCode, Result, Message, Body}`. Texts are in the language of the request."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from config.kit.contracts.errors import ContractError, ErrorTranslation
from vault.errors import CardNotFoundError, CardTakenError

INVALID = 2
MISSING_KEYS, WRONG_KEYS = 4, 401
NOT_FOUND = 22
IDENTITY, TAX_NUMBER, OWNER, EXPIRED, MONTH, YEAR = 23, 68, 104, 106, 107, 108


class PaywallError(ContractError):
    """`details` is the answer's Body."""

    def __init__(
        self,
        error_code: int,
        message: str,
        status: int,
        *,
        details: dict[str, list[str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message, status, headers)
        self.error_code, self.details = error_code, details

    def body(self, request: Request) -> dict[str, Any]:
        return {"ErrorCode": self.error_code, "Result": False, "Message": self.message, "Body": self.details}


class PaywallErrors(ErrorTranslation):
    def from_domain(self, error: Exception) -> PaywallError | None:
        if isinstance(error, CardNotFoundError):
            return PaywallError(int(error.code), _("The card was not found."), 404)
        if isinstance(error, CardTakenError):
            return PaywallError(int(error.code), _("The card is already stored with this expiry date."), 409)
        return None

    def from_framework(self, error: APIException) -> PaywallError:
        """400 here is a body that is not JSON: the fields are checked later (`invalid_request`)."""
        status = error.status_code
        messages = {
            400: _("The body is not readable JSON."),
            404: _("There is nothing at this address."),
            405: _("This method is not allowed here."),
            413: _("The body is too large."),
            415: _("Send the body as application/json."),
        }
        message = messages.get(status) or str(error.detail)
        return PaywallError(INVALID if status == 400 else status, message, status)

    def unexpected(self) -> PaywallError:
        return PaywallError(500, _("Something went wrong."), 500)


def success(body: Any = None) -> Response:
    return Response({"ErrorCode": 0, "Result": True, "Message": "", "Body": body})


def invalid_request(faults: dict[str, list[str]], error_code: int = INVALID) -> PaywallError:
    """Fields and their messages; a request with a single fault may have a code of its own."""
    message = _single_fault_messages().get(error_code) or _("The request is not valid.")
    return PaywallError(error_code, message, 400, details=faults)


def _single_fault_messages() -> dict[int, str]:
    return {
        IDENTITY: _("The identity number is not valid."),
        TAX_NUMBER: _("The tax number is not valid."),
        OWNER: _("The card holder's name is not valid."),
        EXPIRED: _("The card has expired."),
        MONTH: _("The expiry month is not valid."),
        YEAR: _("The expiry year is not valid."),
    }
