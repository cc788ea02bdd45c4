"""`Idempotency-Key` on requests that move money."""

import hashlib
import json
from typing import Any

from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView

from billing.models import IdempotencyKey

HEADER = "Idempotency-Key"


class StillRunning(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "The first request with this key is still in progress."
    default_code = "still_running"
    wait = 5  # DRF sends it as Retry-After


class OtherRequest(exceptions.APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = "This key was already used for a different request."
    default_code = "other_request"


class _Replayed(Exception):
    def __init__(self, stored: IdempotencyKey) -> None:
        super().__init__(stored.key)
        self.stored = stored


class IdempotentMixin(APIView):
    """For views whose POST requests move money. The header is optional.

    The key is claimed before the work is done and is bound to method, path and body. It is free again after a 503,
    as nothing was done then. If the process dies, the key stays claimed and the request is not repeated; the payment's
    timeline shows what was done.
    """

    takes_idempotency_key = True
    _claimed: IdempotencyKey | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        key = request.headers.get(HEADER, "")
        if request.method == "POST" and key:
            if len(key) > 255 or not key.isprintable():
                raise exceptions.ValidationError({HEADER: ["At most 255 printable characters."]})
            self._claimed = _claim(request, key)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, _Replayed):
            headers = {"Idempotent-Replayed": "true"}
            return Response(exc.stored.body, status=exc.stored.status_code, headers=headers)
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if self._claimed is not None and response.status_code == status.HTTP_503_SERVICE_UNAVAILABLE:
            IdempotencyKey.objects.filter(
                pk=self._claimed.pk
            ).delete()  # nothing was done: the same key may try again
        elif self._claimed is not None:
            body = json.loads(json.dumps(response.data, cls=JSONEncoder))
            IdempotencyKey.objects.filter(pk=self._claimed.pk).update(
                status_code=response.status_code, body=body
            )
        return super().finalize_response(request, response, *args, **kwargs)


def _claim(request: Request, key: str) -> IdempotencyKey:
    """The new row. For a known key, raises the exception that answers the request."""
    fingerprint = fingerprint_of(request)
    stored, created = IdempotencyKey.objects.get_or_create(
        user_id=request.user.pk or 0, key=key, defaults={"fingerprint": fingerprint}
    )
    if created:
        return stored
    if stored.fingerprint != fingerprint:
        raise OtherRequest
    if stored.status_code is None:
        raise StillRunning
    raise _Replayed(stored)


def fingerprint_of(request: Request) -> str:
    body = json.dumps(request.data, sort_keys=True, cls=JSONEncoder)
    return hashlib.sha256(f"{request.method}\n{request.path}\n{body}".encode()).hexdigest()
