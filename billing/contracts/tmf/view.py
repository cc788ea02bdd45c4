"""The view that payments, refunds, payment methods and hub build on."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from billing.contracts.tmf.auth import AUTHENTICATION, HasScope
from billing.contracts.tmf.errors import TmfErrors
from billing.contracts.tmf.hrefs import Base
from billing.contracts.tmf.parsers import RawJSONParser, accept_json_sent_as_form
from billing.contracts.tmf.tmf630.lists import encoder
from billing.contracts.tmf.tmf630.query import QueryError, parse_query
from config.kit.contracts.view import ContractView


class TmfRenderer(BaseRenderer):
    """Decimals as exact JSON numbers."""

    media_type = "application/json"
    format = "json"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        return b"" if data is None else encoder.encode(data)


class TmfView(ContractView):
    """`scopes` names the scopes for each method (default "read"); a token needs one of them."""

    authentication_classes: tuple[type[BaseAuthentication], ...] = AUTHENTICATION
    permission_classes: tuple[Any, ...] = (HasScope,)
    parser_classes = (RawJSONParser,)
    renderer_classes = (TmfRenderer,)
    errors = TmfErrors()
    scopes: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        accept_json_sent_as_form(request)
        return super().initialize_request(request, *args, **kwargs)

    @property
    def base(self) -> Base:
        """The base path that was called."""
        return Base(self.request.build_absolute_uri("/").rstrip("/"), self.kwargs["path"])


def write_options(request: Request, *names: str) -> dict[str, str]:
    """The query parameters of a request that writes. Raises QueryError for any other than `names`."""
    query = parse_query(request.META.get("QUERY_STRING", ""), options=names)
    if query.conditions or query.sort or query.fields is not None or query.limit or query.offset:
        name = query.conditions[0].attribute if query.conditions else "query"
        raise QueryError(name, "There is no such parameter here.")
    return dict(query.options)


def wants_oracle(options: Mapping[str, str], plain: str, oracle: str) -> bool:
    """Whether `@type` asks for BRM's extended form of a resource. Raises QueryError for an unknown type."""
    name = options.get("@type", plain)
    if name not in (plain, oracle):
        raise QueryError("@type", f"One of {plain}, {oracle} is expected.")
    return name == oracle
