"""Error answers of contracts: an error class with its status, and a translation of exceptions into answers."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from config.kit.api.errors import as_api_exception

logger = logging.getLogger(__name__)


class ContractError(Exception, ABC):
    """An error with its HTTP status and body. A contract has one subclass for each form of its errors."""

    def __init__(self, message: str, status: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message, self.status, self.headers = message, status, dict(headers or {})

    @abstractmethod
    def body(self, request: Request) -> Any:
        """The error in the contract's form."""


class ErrorTranslation(ABC):
    """Translates exceptions of other layers into the contract's errors."""

    @abstractmethod
    def from_domain(self, error: Exception) -> ContractError | None:
        """A broken business rule (RuleError) or an invalid value. None if the contract has no answer for it."""

    @abstractmethod
    def from_framework(self, error: APIException) -> ContractError:
        """Errors of the framework: shape, credentials, method, path, size, rate."""

    @abstractmethod
    def unexpected(self) -> ContractError:
        """The answer to an unexpected error. It contains no details; the log does."""


def error_response(error: Exception, request: Request, translation: ErrorTranslation) -> Response:
    """The answer to any exception. An unexpected one is logged with its traceback."""
    set_rollback()
    error = as_api_exception(error)
    answer: ContractError | None
    if isinstance(error, ContractError):
        answer = error
    elif isinstance(error, APIException) and error.status_code < 500:
        answer = translation.from_framework(error)
    elif isinstance(error, APIException):
        answer = translation.unexpected()
    else:
        answer = translation.from_domain(error)
    if answer is None:
        logger.error("Unexpected error on %s", request.path, exc_info=error)
        answer = translation.unexpected()
    return Response(answer.body(request), status=answer.status, headers=answer.headers)


def standard_headers(error: APIException) -> dict[str, str]:
    """`WWW-Authenticate` of a 401 and `Retry-After` of a 429."""
    auth_header: str | None = getattr(error, "auth_header", None)
    wait: float | None = getattr(error, "wait", None)
    headers = {"WWW-Authenticate": auth_header} if auth_header else {}
    return headers | ({"Retry-After": str(int(wait))} if wait else {})


def first_message(detail: Any) -> tuple[list[str], str]:
    """The first message of an APIException's detail, and the path of the field that it is about."""
    path: list[str] = []
    while isinstance(detail, (dict, list)):
        if isinstance(detail, dict):
            name, detail = next(iter(detail.items()), ("detail", ""))
            path += [] if name in ("detail", "non_field_errors") else [str(name)]
        else:
            detail = next((item for item in detail if item), "")
    return path, str(detail)
