"""OpenAPI 3.1 of everything at `/api/schema/`, and of each contract at `/api/schema/<name>/`."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.plumbing import get_lib_doc_excludes
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from billing.contracts.tmf.openapi import ALL_SERVERS, PAYMENT_SERVERS
from billing.contracts.tmf.tmf670 import openapi as tmf670
from billing.contracts.tmf.tmf676 import openapi as tmf676
from config.kit.api.documents import (
    Json,
    Part,
    add_common_headers,
    at_host,
    marked_deprecated,
    merge,
    part_of,
    say_defaults,
    say_what_null_means,
)
from config.kit.api.resources import FullResourceViewSet, ResourceSerializer, ResourceViewSet, WithinReach
from payments.api import openapi as _pos_by_gateway  # noqa: F401 registers itself with drf-spectacular

_METHOD_PATHS = ("/paymentMethod", "/accounts/")
_PAYMENT_PATHS = ("/payment", "/refund")


def _begins(*prefixes: str) -> Any:
    return lambda path: path.startswith(prefixes)


def _is_tmf676(path: str) -> bool:
    own = path.startswith(_PAYMENT_PATHS) and not path.startswith(_METHOD_PATHS)
    return own or path.startswith(("/hub", "/oauth"))


def _bases(servers: list[Json]) -> tuple[tuple[str, str], ...]:
    return tuple((server["url"], server["description"]) for server in servers)


PARTS = {
    part.name: part
    for part in (
        Part(
            "native",
            "Payments back office",
            "The native API: channels, virtual POS, banks, cards, BINs, installments and payment options as Omnitron "
            "prints them, and what is owed and paid. Guide: docs/integrating/native.md.",
            _begins("/api/v1/"),
        ),
        Part(
            "bimetri",
            "Bimetri bill payment",
            "Bills of a subscription, paid by card. Guide: docs/integrating/bimetri.md.",
            _begins("/api/auth/", "/api/payment/", "/api/subscription/"),
        ),
        Part(
            "naviga",
            "Naviga payment methods",
            "Payment methods of a newspaper's subscriptions. Guide: docs/integrating/naviga.md.",
            _begins("/Billing/"),
        ),
        Part(
            "paywall",
            "Paywall card storage",
            "Cards of a merchant's customers, without their numbers. Guide: docs/integrating/paywall.md.",
            _begins("/paywall/"),
        ),
        Part(
            "tmf676",
            "TMF676 Payment Management v4 and BRM",
            "Payments, refunds, allocations and events. Guide: docs/integrating/tmf676.md.",
            _is_tmf676,
            _bases(PAYMENT_SERVERS),
            has_webhooks=True,
        ),
        Part(
            "tmf670",
            "TMF670 Payment Method Management v4 and BRM",
            "Stored payment methods of all types, and their events. Guide: docs/integrating/tmf670.md.",
            _begins(*_METHOD_PATHS, "/hub", "/oauth"),
            _bases(ALL_SERVERS),
            has_webhooks=True,
        ),
    )
}


def undescribed() -> list[type]:
    """Classes whose docstrings are for readers of the code."""
    return [*get_lib_doc_excludes(), FullResourceViewSet, ResourceSerializer, ResourceViewSet, WithinReach]


@cache
def whole() -> Json:
    """The document of everything, with servers as paths."""
    with translation.override("en"):
        document: Json = SchemaGenerator().get_schema(request=None, public=True)
        for fragment in (tmf676.fragment(), tmf670.fragment()):
            merge(document, fragment)
    say_defaults(document)
    say_what_null_means(document)
    add_common_headers(document)
    document["servers"] = [{"url": "/", "description": "This installation"}]
    links = ", ".join(f"[{part.title}](/api/docs/{name}/)" for name, part in PARTS.items())
    document["info"]["description"] += f" One contract alone: {links}."
    return document


def document_of(name: str) -> Json:
    """`whole` or one of PARTS. Raises KeyError."""
    document = whole() if name == "whole" else part_of(whole(), PARTS[name])
    return marked_deprecated(document, tuple(settings.API_DEPRECATIONS))


class DocumentView(SpectacularAPIView):
    """YAML, or JSON with `?format=json`."""

    schema = None

    def get(self, request: Request, name: str = "whole") -> Response:
        try:
            document = document_of(name)
        except KeyError:
            raise Http404 from None
        return Response(at_host(document, request.build_absolute_uri("/").rstrip("/")))


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI, from our own files."""

    schema = None

    def get(self, request: Request, name: str = "whole") -> Any:
        if name != "whole" and name not in PARTS:
            raise Http404
        self.url = "/api/schema/" if name == "whole" else f"/api/schema/{name}/"
        return super().get(request)
