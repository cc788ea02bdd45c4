"""The view that all contracts build on."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils import translation
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotFound
from rest_framework.parsers import BaseParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.kit.api.parsers import JSONParser
from config.kit.api.renderers import JSONRenderer
from config.kit.contracts.errors import ErrorTranslation, error_response


class ContractView(APIView):
    """JSON in, JSON out, errors in the contract's form, texts in the contract's language."""

    authentication_classes: tuple[type[BaseAuthentication], ...] = ()
    permission_classes: tuple[Any, ...] = (IsAuthenticated,)
    parser_classes: tuple[type[BaseParser], ...] = (JSONParser,)
    renderer_classes: tuple[type[BaseRenderer], ...] = (JSONRenderer,)
    metadata_class = None  # OPTIONS is 405 with Allow; preflights are answered before any view
    schema: Any = None  # described in OpenAPI by the contract's own `openapi` module
    errors: ClassVar[ErrorTranslation]

    def language(self, request: HttpRequest) -> str:
        """English, whatever Accept-Language says. A contract with a language of its own overrides this."""
        return "en"

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """All answers are JSON, whatever the Accept header says: nobody gets a 406 in place of a payment's result."""
        return super().perform_content_negotiation(request, force=True)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Also renders the answer in the contract's language: lazy texts are translated no sooner."""
        language = self.language(request)
        with translation.override(language):
            response = super().dispatch(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.render()
        response["Content-Language"] = language
        return response

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return lambda error, context: error_response(error, context["request"], self.errors)


class UnknownPathMixin(APIView):
    """404 for every method, before credentials are read."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound


def unknown_path(view: type[ContractView]) -> Callable[..., HttpResponseBase]:
    """A view for all other paths below a contract's prefix: 404 in the contract's form."""
    unknown: type[APIView] = type("UnknownPathView", (UnknownPathMixin, view), {})
    return unknown.as_view()
