"""Paywall's path: shape in, one service, shape out."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.kit.api.parsers import JSONParser
from payments.selectors import BinDetails, find_bin_details
from vault.contracts.paywall import mapping, openapi, serializers
from vault.contracts.paywall.auth import KeyAuthentication
from vault.contracts.paywall.errors import exception_handler, success
from vault.contracts.paywall.language import language_of
from vault.models import StoredCard
from vault.services import cards
from vault.services.access import Caller


class PaywallView(APIView):
    """JSON only, answers in the contract's form and in the caller's language."""

    authentication_classes: tuple[type[BaseAuthentication], ...] = (KeyAuthentication,)
    permission_classes = (AllowAny,)  # whoever has a valid pair of keys
    parser_classes = (JSONParser,)
    renderer_classes = (JSONRenderer,)
    schema: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        language = language_of(request)
        with translation.override(language):
            response = super().dispatch(request, *args, **kwargs)
        response["Content-Language"] = language
        response["Cache-Control"] = "no-store"
        return response

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """There is JSON and nothing else: an Accept header is not a reason to refuse."""
        return super().perform_content_negotiation(request, force=True)

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return exception_handler


class CardView(PaywallView):
    """`/paywall/card/insurance`: the cards of the merchant whose keys are sent."""

    schema = openapi.PaywallSchema()

    @openapi.save
    def post(self, request: Request) -> Response:
        data = serializers.read(serializers.SaveSerializer(data=request.data))
        new = mapping.new_card_of(data["Card"])
        card = cards.save_card(caller_of(request), mapping.relation_of(data), new)
        return success(body_of(card, with_details=bool(data["IncludeDetails"])))

    @openapi.find
    def get(self, request: Request) -> Response:
        data = serializers.read(serializers.ListSerializer(data=list_headers(request)))
        found = cards.list_cards(caller_of(request), mapping.relation_of(data))
        known = details_of(found)
        today, with_details = timezone.localdate(), data["IncludeDetails"]
        return success(
            [
                mapping.listed_body(card, known.get(card.card_bin), with_details=with_details, today=today)
                for card in found
            ]
        )

    @openapi.change
    def put(self, request: Request) -> Response:
        data = serializers.read(serializers.UpdateSerializer(data=request.data))
        card = cards.change_expiry(
            caller_of(request),
            mapping.relation_of(data),
            data["UniqueCode"],
            month=data["Month"],
            year=data["Year"],
        )
        return success(body_of(card, with_details=False))

    @openapi.remove
    def delete(self, request: Request) -> Response:
        data = serializers.read(serializers.HandleSerializer(data=request.data))
        cards.delete_card(caller_of(request), mapping.relation_of(data), data["UniqueCode"])
        return success()


class UnknownPathView(PaywallView):
    """Every path under the contract's prefix that leads nowhere."""

    authentication_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise exceptions.NotFound


def caller_of(request: Request) -> Caller:
    caller = request.auth
    if not isinstance(caller, Caller):
        raise exceptions.NotAuthenticated
    return caller


def body_of(card: StoredCard, *, with_details: bool) -> dict[str, Any]:
    return mapping.card_body(card, details_of([card]).get(card.card_bin), with_details=with_details)


def details_of(found: Iterable[StoredCard]) -> dict[str, BinDetails]:
    return find_bin_details(card.card_bin for card in found)


def list_headers(request: Request) -> dict[str, Any]:
    """The headers as the fields that a body would have; absent ones are left out."""
    names = ("RelationalId1", "RelationalId2", "RelationalId3", "IncludeDetails")
    sent = {name: request.headers.get(name.lower()) for name in names}
    return {name: _decoded(value) for name, value in sent.items() if value}


def _decoded(value: str) -> str:
    """Headers reach us as Latin-1; what is UTF-8 underneath was sent as that."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value
