"""Errors of requests that never reach their view, in the form of whoever was called."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse
from django.urls import Resolver404, resolve
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from config.kit.boundary import card_number_message

_ERROR = "payments.error"

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def takes_card_numbers(view: View) -> View:
    """Marks a page that card numbers are posted to: it stores nothing of them by itself."""
    view.takes_card_numbers = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def refusal(request: HttpRequest, view: Any, field: str, arguments: dict[str, Any]) -> HttpResponseBase:
    """400 that names the field: as an API's or contract's own error, or as a page."""
    view_class: type[APIView] | None = getattr(view, "cls", None)
    if view_class is None:
        context = {"field": field, "message": card_number_message()}
        page: HttpResponse = render(request, "card_number_refused.html", context, status=400)
        return page
    return _answer(_Refusal, request, view, ValidationError({field: [card_number_message()]}), arguments)


def error_in_form(request: HttpRequest, error: APIException) -> HttpResponseBase | None:
    """The error as the API or contract that the path belongs to answers it. None for pages.

    A contract answers a status of 500 as its own unexpected error.
    """
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return None
    if getattr(match.func, "cls", None) is None:
        return None
    return _answer(_Outside, request, match.func, error, match.kwargs)


def _answer(
    how: type["_Refusal"],
    request: HttpRequest,
    view: Any,
    error: APIException,
    arguments: dict[str, Any],
) -> HttpResponseBase:
    mapping = [view.actions] if hasattr(view, "actions") else []
    options = {name: value for name, value in view.initkwargs.items() if name != "field"}
    refused: Any = type(view.cls.__name__, (how, view.cls), {})
    request.META[_ERROR] = error
    response: HttpResponseBase = refused.as_view(*mapping, **options)(request, **arguments)
    if isinstance(response, SimpleTemplateResponse):
        response.render()  # Django renders what views answer, not what middleware does
    return response


class _Refusal(APIView):
    """Refuses before credentials are read: nothing of such a request is kept."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise request.META[_ERROR]


class _Outside(_Refusal):
    """Not as a page of the browsable API: it would need what is wrong with the request, for example its host."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        renderer = self.get_renderers()[0]
        return renderer, renderer.media_type
