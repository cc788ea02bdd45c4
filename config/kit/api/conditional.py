"""ETag, If-None-Match and If-Match of the native API (RFC 9110, section 13).

A tag is made of what the caller may see, and of the form that it comes in. A change under If-Match compares it with the
row that it has locked; without the header it works as before. The admin asks in its own way
(config.kit.admin.lost_updates): there only the fields of a form matter.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.generics import GenericAPIView
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

TAGGED = ("list", "retrieve", "create", "update", "partial_update")


class PreconditionFailed(APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "This was changed meanwhile: its ETag is another one now. Read it again."
    default_code = "precondition_failed"


class TagMixin(GenericAPIView[Any]):
    """Lists and single objects carry an ETag."""

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if not _is_tagged(self, answer):
            return answer
        answer["ETag"] = tag_of(answer.data, answer.accepted_renderer.format)
        if request.method not in ("GET", "HEAD"):
            return answer
        checked = cast(
            HttpResponseBase,
            get_conditional_response(
                request._request, etag=answer["ETag"], response=cast(HttpResponse, answer)
            ),
        )
        if checked.status_code == status.HTTP_412_PRECONDITION_FAILED:
            return super().finalize_response(request, self.handle_exception(PreconditionFailed()))
        return checked

    @contextmanager
    def as_expected(self, request: Request) -> Iterator[None]:
        """Locks the object of the request if it says which version it means. Raises PreconditionFailed."""
        wanted = parse_etags(request.headers.get("If-Match", ""))
        unwanted = parse_etags(request.headers.get("If-None-Match", ""))
        if not wanted and not unwanted:
            yield
            return
        with transaction.atomic():
            found = self.get_object()
            type(found)._default_manager.select_for_update(no_key=True).filter(pk=found.pk).first()
            data = self.get_serializer(self.get_object()).data
            tags = {"*", *(tag_of(data, renderer.format) for renderer in self.renderer_classes)}
            if (wanted and tags.isdisjoint(wanted)) or not tags.isdisjoint(unwanted):
                raise PreconditionFailed
            yield


def tag_of(data: Any, form: str) -> str:
    """A strong tag: JSON and CSV of the same object have different ones."""
    content = JSONRenderer().render(data)
    return f'"{hashlib.sha256(form.encode() + b" " + content).hexdigest()[:32]}"'


def _is_tagged(view: Any, response: Any) -> bool:
    """Pages of the browsable API are not: they hold more than the object."""
    return (
        view.action in TAGGED
        and isinstance(response, Response)
        and response.status_code in (status.HTTP_200_OK, status.HTTP_201_CREATED)
        and not isinstance(response.accepted_renderer, BrowsableAPIRenderer)
    )
