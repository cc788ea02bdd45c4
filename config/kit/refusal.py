"""The answer to a request that holds a card number where none belongs, in the form of whoever was called."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from config.kit.boundary import card_number_message

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
    mapping = [view.actions] if hasattr(view, "actions") else []
    options = {name: value for name, value in view.initkwargs.items() if name != "field"}
    refused: Any = type(view_class.__name__, (_Refusal, view_class), {})
    request.META["payments.refused_field"] = field
    return refused.as_view(*mapping, **options)(request, **arguments)


class _Refusal(APIView):
    """Refuses before credentials are read: nothing of such a request is kept."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise ValidationError({request.META["payments.refused_field"]: [card_number_message()]})
