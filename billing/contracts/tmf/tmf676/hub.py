"""Registering for events."""

import secrets
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from billing.contracts.tmf.auth import caller_of
from billing.contracts.tmf.base_view import TmfView
from billing.contracts.tmf.tmf630.query import QueryError
from billing.contracts.tmf.tmf676.events import read_query
from billing.contracts.tmf.tmf676.requests import HubCreate, read
from billing.contracts.tmf.tmf676.writes import read_options
from billing.models import EventSubscription
from config.kit.lib.errors import InvalidValueError
from config.kit.lib.http import PrivateAddressError, public_address


class HubView(TmfView):
    scopes = {"POST": "hub"}

    def post(self, request: Request, path: str) -> Response:
        """201 with the secret that deliveries are signed with: it is shown this once."""
        read_options(request)
        body, caller, base = read(request.data, HubCreate), caller_of(request), self.base
        check_callback(body.callback)
        try:
            read_query(body.query or "")
        except QueryError as error:
            raise InvalidValueError("query", f"{error.parameter}: {error.message}") from None
        subscription = EventSubscription.objects.create(
            callback=body.callback,
            query=body.query or "",
            base_path=base.path,
            secret=secrets.token_urlsafe(32),
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
        ours = EventSubscription.objects.filter(pk=key, client=caller_of(request).name, is_active=True)
        if not ours.update(is_active=False):
            raise exceptions.NotFound
        return Response(status=204)


def check_callback(url: str) -> None:
    """http or https, to a host on the public internet. Raises InvalidValueError; delivery looks again."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise InvalidValueError("callback", "A http or https address is expected.") from None
    host = parts.hostname or ""
    if (
        parts.scheme not in ("http", "https")
        or not host
        or parts.username is not None
        or not url.isprintable()
    ):
        raise InvalidValueError("callback", "A http or https address is expected.")
    if settings.HUB_ALLOW_PRIVATE_CALLBACKS:
        return
    try:
        public_address(host, port)
    except PrivateAddressError:
        raise InvalidValueError("callback", "The host has a private address.") from None
    except httpx.ConnectError:
        raise InvalidValueError("callback", "The host has no address.") from None
