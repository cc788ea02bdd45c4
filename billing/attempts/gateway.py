"""Gateways of POS, and orders and references of payments in the form that gateways take."""

import hashlib
import hmac
from functools import lru_cache

import httpx
from django.conf import settings
from django.urls import reverse

from billing.models import Payment
from config.kit.lib import http
from config.kit.lib.http_deadline import DeadlineTransport
from payments.gateways.base.gateway import Gateway
from payments.gateways.types import OrderData, Payer, PosAccount, References
from payments.models import POS, PosVersion
from payments.pos_addresses import are_allowed, is_any_host_allowed
from payments.pos_gateway import full_config, gateway_class

MAX_ANSWER_BYTES = 1024 * 1024


def connect_for(payment: Payment) -> Gateway:
    """The gateway of the POS as it was when the payment was made, ready to be called.

    Raises RuntimeError for a payment received outside, which has none.
    """
    if payment.pos_version is None:
        raise RuntimeError("The payment was received outside: there is no bank to ask.")
    return connect(payment.pos_version)


def connect(pos: POS | PosVersion) -> Gateway:
    """The gateway of a POS, ready to be called."""
    three_d_url = pos.three_d_resource_url or ""
    gateway = gateway_class(pos)
    if gateway.is_simulated:  # has no bank: we serve its 3-D page
        three_d_url = settings.PUBLIC_URL + reverse("dummypay-page", args=[_pos_id(pos)])
    account = PosAccount(
        config=full_config(pos),
        api_url=pos.resource_url,
        three_d_url=three_d_url,
        are_addresses_allowed=are_allowed(pos),
        local_key=_local_key(pos),
    )
    return gateway(account, _client(settings.GATEWAY_TIMEOUT_SECONDS, not is_any_host_allowed()))


def order_of(payment: Payment) -> OrderData:
    """The payment's order, which every answer of the bank is compared with."""
    return OrderData(
        id=payment.order_id,
        amount=payment.amount,
        currency=payment.currency,
        installments=payment.installments,
        payer=Payer(ip=payment.payer_ip or ""),
        masked_card=payment.masked_card,
    )


def references_of(payment: Payment) -> References:
    """The bank's references of a captured payment."""
    return References(
        auth_code=payment.auth_code,
        host_reference=payment.host_reference,
        transaction_id=payment.transaction_id,
        item_id=payment.item_id,
    )


@lru_cache
def _client(timeout: float, public_only: bool) -> httpx.Client:
    """One client for the process, because creating one reads all certificates, but a new connection for each call.

    A request on a stale kept-alive connection could be lost, and its outcome would be unknown.
    """
    limits = httpx.Limits(max_keepalive_connections=0)
    transport: httpx.BaseTransport = httpx.HTTPTransport(trust_env=False, limits=limits)
    if public_only:
        transport = http.PublicTransport(transport)
    whole = DeadlineTransport(transport, seconds=timeout, max_bytes=MAX_ANSWER_BYTES)
    return http.client(timeout=timeout, transport=whole)


def _pos_id(pos: POS | PosVersion) -> int:
    return pos.pk if isinstance(pos, POS) else pos.pos_id


def _local_key(pos: POS | PosVersion) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"pos:{_pos_id(pos)}".encode(), hashlib.sha256).hexdigest()
