"""Answers as Paywall's clients know them: `{ErrorCode, Result, Message, Body}`."""

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from config.kit.api.parsers import RequestTooLarge
from config.kit.lib.errors import RuleError
from vault.errors import CardNotFoundError, CardTakenError

logger = logging.getLogger(__name__)

INVALID = 2
MISSING_KEYS, WRONG_KEYS = 4, 401
NOT_FOUND = 22
IDENTITY, TAX_NUMBER, OWNER, EXPIRED, MONTH, YEAR = 23, 68, 104, 106, 107, 108

_RULES: dict[type[RuleError], int] = {
    CardNotFoundError: status.HTTP_404_NOT_FOUND,
    CardTakenError: status.HTTP_409_CONFLICT,
}


class PaywallError(Exception):
    """An answer of its own code, status and text."""

    def __init__(self, error_code: int, status_code: int, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.error_code, self.status_code, self.message, self.wait = error_code, status_code, message, wait


class InvalidRequestError(Exception):
    """Fields with what is wrong in them; a single fault may have a code of its own."""

    def __init__(self, faults: dict[str, list[str]], error_code: int = INVALID) -> None:
        super().__init__(error_code)
        self.faults, self.error_code = faults, error_code


def success(body: Any = None) -> Response:
    return Response({"ErrorCode": 0, "Result": True, "Message": "", "Body": body})


def failure(error_code: int, status_code: int, message: str, body: Any = None) -> Response:
    answer = {"ErrorCode": error_code, "Result": False, "Message": message, "Body": body}
    return Response(answer, status=status_code)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """Every failure in the contract's form. What nobody foresaw is logged with its traceback."""
    set_rollback()
    if isinstance(error, PaywallError):
        answer = failure(error.error_code, error.status_code, error.message)
        if error.wait is not None:
            answer["Retry-After"] = str(int(error.wait) + 1)
        return answer
    if isinstance(error, InvalidRequestError):
        message = single_messages().get(error.error_code) or _("The request is not valid.")
        return failure(error.error_code, status.HTTP_400_BAD_REQUEST, message, error.faults)
    if isinstance(error, RuleError):
        return failure(int(error.code), _RULES[type(error)], rule_messages()[type(error)])
    if isinstance(error, RequestDataTooBig):
        error = RequestTooLarge()
    elif isinstance(error, SuspiciousOperation):
        error = exceptions.ParseError()
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    logger.exception("Unforeseen error on %s", context["request"].path)
    return failure(500, 500, _("Something went wrong."))


def _of_framework(error: exceptions.APIException) -> Response:
    """What the request's shape was refused for before any field was read; 400 is the contract's "invalid"."""
    code = error.status_code
    messages = {
        400: _("The body is not readable JSON."),
        404: _("There is nothing at this address."),
        405: _("This method is not allowed here."),
        413: _("The body is too large."),
        415: _("Send the body as application/json."),
    }
    return failure(INVALID if code == 400 else code, code, messages.get(code) or str(error.detail))


def rule_messages() -> dict[type[RuleError], str]:
    return {
        CardNotFoundError: _("The card was not found."),
        CardTakenError: _("The card is already stored with this expiry date."),
    }


def single_messages() -> dict[int, str]:
    """What each code of a single fault says."""
    return {
        IDENTITY: _("The identity number is not valid."),
        TAX_NUMBER: _("The tax number is not valid."),
        OWNER: _("The card holder's name is not valid."),
        EXPIRED: _("The card has expired."),
        MONTH: _("The expiry month is not valid."),
        YEAR: _("The expiry year is not valid."),
    }
