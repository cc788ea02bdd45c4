"""`hub`: clients register for events."""

from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from billing.contracts.tmf.auth import client_of, has_scope
from billing.contracts.tmf.bodies import read_body
from billing.contracts.tmf.tmf630.query import QueryError
from billing.contracts.tmf.tmf676.events import parse_event_filter
from billing.contracts.tmf.tmf676.requests import HubCreate
from billing.contracts.tmf.view import TmfView, write_options
from billing.hub import subscriptions
from config.kit.lib.errors import InvalidValueError


class HubView(TmfView):
    scopes = {"POST": ("hub",)}

    def post(self, request: Request, path: str) -> Response:
        """201 with the secret that deliveries are signed with. It is not shown again."""
        write_options(request)
        if not has_scope(request, "read"):  # events carry whole payments
            raise PermissionDenied
        body, client, base = read_body(request.data, HubCreate), client_of(request), self.base
        subscriptions.check_callback(body.callback)
        try:
            parse_event_filter(body.query or "")
        except QueryError as error:
            raise InvalidValueError("query", f"{error.parameter}: {error.message}") from None
        subscription = subscriptions.register(
            callback=body.callback,
            query=body.query or "",
            base_path=base.path,
            client=client.name,
            created_by_id=client.user_id,
        )
        document = {
            "id": str(subscription.pk),
            "callback": subscription.callback,
            "query": subscription.query or None,
            "secret": subscription.secret,
        }
        return Response(document, status=201, headers={"Location": base.subscription(subscription.pk)})


class HubItemView(TmfView):
    scopes = {"DELETE": ("hub",)}

    def delete(self, request: Request, path: str, name: str) -> Response:
        """Only the client that registered can unregister."""
        key = int(name) if name.isascii() and name.isdigit() and len(name) < 18 else 0
        if not subscriptions.unregister(key, client=client_of(request).name):
            raise NotFound
        return Response(status=204)
