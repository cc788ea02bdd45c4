"""Registering for events."""

from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from billing.contracts.tmf.auth import caller_of
from billing.contracts.tmf.base_view import TmfView
from billing.contracts.tmf.tmf630.query import QueryError
from billing.contracts.tmf.tmf676.events import parse_event_filter
from billing.contracts.tmf.tmf676.requests import HubCreate, read
from billing.contracts.tmf.tmf676.writes import read_options
from billing.hub import subscriptions
from config.kit.lib.errors import InvalidValueError


class HubView(TmfView):
    scopes = {"POST": "hub"}

    def post(self, request: Request, path: str) -> Response:
        """201 with the secret that deliveries are signed with: it is shown this once."""
        read_options(request)
        body, caller, base = read(request.data, HubCreate), caller_of(request), self.base
        subscriptions.check_callback(body.callback)
        try:
            parse_event_filter(body.query or "")
        except QueryError as error:
            raise InvalidValueError("query", f"{error.parameter}: {error.message}") from None
        subscription = subscriptions.register(
            callback=body.callback,
            query=body.query or "",
            base_path=base.path,
            client=caller.name,
            created_by_id=caller.user_id,
        )
        document = {
            "id": str(subscription.pk),
            "callback": subscription.callback,
            "query": subscription.query or None,
            "secret": subscription.secret,
        }
        return Response(document, status=201, headers={"Location": base.subscription(subscription.pk)})


class HubItemView(TmfView):
    scopes = {"DELETE": "hub"}

    def delete(self, request: Request, path: str, name: str) -> Response:
        """Who registered unregisters. What was delivered, and what was not, stays for the operators to see."""
        key = int(name) if name.isascii() and name.isdigit() and len(name) < 18 else 0
        if not subscriptions.unregister(key, client=caller_of(request).name):
            raise exceptions.NotFound
        return Response(status=204)
