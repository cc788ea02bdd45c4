"""What all views of the contract share."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.http import HttpRequest
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from billing.contracts.tmf.auth import AUTHENTICATION, HasScope
from billing.contracts.tmf.errors import exception_handler
from billing.contracts.tmf.hrefs import PAYMENT_BASES, Base
from billing.contracts.tmf.tmf630 import encoder
from billing.contracts.tmf.tmf630.query import QueryError
from config.kit.api.parsers import RawJSONParser, name_json


class TmfRenderer(BaseRenderer):
    """Exact decimals as JSON numbers."""

    media_type = "application/json"
    format = "json"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        return b"" if data is None else encoder.encode(data)


class TmfView(APIView):
    """Errors in the contract's form; `scopes` say what a caller must be allowed for each method."""

    authentication_classes: tuple[type[BaseAuthentication], ...] = AUTHENTICATION
    permission_classes: tuple[Any, ...] = (HasScope,)
    parser_classes = (RawJSONParser,)
    renderer_classes = (TmfRenderer,)
    metadata_class = None
    schema = None  # the contract has a swagger of its own
    scopes: ClassVar[Mapping[str, str]] = {}

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return exception_handler

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        name_json(request)
        return super().initialize_request(request, *args, **kwargs)

    @property
    def base(self) -> Base:
        """The base path that was called; payment methods apart belong to the one of payments."""
        host, path = self.request.build_absolute_uri("/").rstrip("/"), self.kwargs["path"]
        if path not in PAYMENT_BASES:
            path = next(name for name, methods in PAYMENT_BASES.items() if methods == path)
        return Base(host, path)


class UnknownPathView(TmfView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise exceptions.NotFound


def wants(query_options: Mapping[str, str], plain: str, oracle: str) -> bool:
    """Whether `@type` asks for BRM's extended form. Raises QueryError for a type that there is not."""
    name = query_options.get("@type", plain)
    if name not in (plain, oracle):
        raise QueryError("@type", f"One of {plain}, {oracle} is expected.")
    return name == oracle
