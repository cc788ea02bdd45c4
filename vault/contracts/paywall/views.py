"""Paywall's path."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from config.kit.contracts.view import ContractView
from config.kit.lib import days
from payments.selectors import BinDetails, find_bin_details
from vault.contracts.paywall import mapping, openapi, serializers
from vault.contracts.paywall.auth import KeyAuthentication
from vault.contracts.paywall.errors import PaywallErrors, success
from vault.contracts.paywall.language import language_of
from vault.models import StoredCard
from vault.services import cards
from vault.services.access import Actor


class PaywallView(ContractView):
    """Answers in the language that the request asks for. Nothing is cached."""

    authentication_classes: tuple[type[BaseAuthentication], ...] = (KeyAuthentication,)
    permission_classes = (AllowAny,)  # for every merchant with a valid pair of keys
    checks_card_numbers = True
    errors = PaywallErrors()

    def language(self, request: HttpRequest) -> str:
        return language_of(request)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response


class CardView(PaywallView):
    """`/paywall/card/insurance`: the cards of the merchant whose keys are sent."""

    schema = openapi.PaywallSchema()

    @openapi.save
    def post(self, request: Request) -> Response:
        data = serializers.validated(serializers.SaveSerializer(data=request.data))
        new = mapping.new_card_of(data["Card"])
        card = cards.save_card(actor_of(request), mapping.relation_of(data), new)
        return success(body_of(card, with_details=bool(data["IncludeDetails"])))

    @openapi.find
    def get(self, request: Request) -> Response:
        data = serializers.validated(serializers.ListSerializer(data=list_headers(request)))
        found = cards.list_cards(actor_of(request), mapping.relation_of(data))
        known = find_details(found)
        today, with_details = days.today(), data["IncludeDetails"]
        return success(
            [
                mapping.listed_body(card, known.get(card.card_bin), with_details=with_details, today=today)
                for card in found
            ]
        )

    @openapi.change
    def put(self, request: Request) -> Response:
        data = serializers.validated(serializers.UpdateSerializer(data=request.data))
        card = cards.change_expiry(
            actor_of(request),
            mapping.relation_of(data),
            data["UniqueCode"],
            month=data["Month"],
            year=data["Year"],
        )
        return success(body_of(card, with_details=False))

    @openapi.remove
    def delete(self, request: Request) -> Response:
        data = serializers.validated(serializers.HandleSerializer(data=request.data))
        cards.delete_card(actor_of(request), mapping.relation_of(data), data["UniqueCode"])
        return success()


def actor_of(request: Request) -> Actor:
    actor = request.auth
    if not isinstance(actor, Actor):
        raise exceptions.NotAuthenticated
    return actor


def body_of(card: StoredCard, *, with_details: bool) -> dict[str, Any]:
    return mapping.card_body(card, find_details([card]).get(card.card_bin), with_details=with_details)


def find_details(found: Iterable[StoredCard]) -> dict[str, BinDetails]:
    return find_bin_details(card.card_bin for card in found)


def list_headers(request: Request) -> dict[str, Any]:
    """The request's headers as fields, without those that are missing."""
    names = ("RelationalId1", "RelationalId2", "RelationalId3", "IncludeDetails")
    sent = {name: request.headers.get(name.lower()) for name in names}
    return {name: _decoded(value) for name, value in sent.items() if value}


def _decoded(value: str) -> str:
    """WSGI decodes headers as Latin-1: undo that for a value that was sent as UTF-8."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value
