"""The way from our rows to a gateway: its account, its order, one attempt for each call."""

import hashlib
import hmac
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import httpx
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from billing.models import Operation, Payment, PaymentAttempt, Refund
from config.kit.lib import http
from config.kit.lib.masking import mask_text
from payments.gateways.base import Gateway
from payments.gateways.types import GatewayResult, OrderData, Payer, PosAccount, References
from payments.models import POS

R = TypeVar("R", bound=GatewayResult)


def gateway_of(pos: POS | None) -> Gateway:
    """The POS, ready to be called. Whoever calls has seen that there is one: not all money comes through a bank."""
    if pos is None:
        raise RuntimeError("The payment was received outside: there is no bank to ask.")
    three_d_url = pos.three_d_resource_url or ""
    if pos.gateway_class.short_name() == "dummypay":  # has no bank: its page is ours
        three_d_url = settings.PUBLIC_URL + reverse("dummypay-page", args=[pos.pk])
    account = PosAccount(
        config=pos.full_config(), api_url=pos.resource_url, three_d_url=three_d_url, local_key=_local_key(pos)
    )
    return pos.gateway_class(account, _client(settings.GATEWAY_TIMEOUT_SECONDS))


@lru_cache
def _client(timeout: float) -> httpx.Client:
    """One for the process (making one reads all certificates), a connection of its own for each call.

    A kept connection may be half dead: a request lost on it would be in doubt for no reason.
    """
    limits = httpx.Limits(max_keepalive_connections=0)
    return http.client(timeout=timeout, transport=httpx.HTTPTransport(trust_env=False, limits=limits))


def order_of(payment: Payment, payer: Payer | None = None) -> OrderData:
    """What the bank is told, and what its answers are compared with: always our row."""
    return OrderData(
        id=payment.order_id,
        amount=payment.amount,
        currency=payment.currency,
        installments=payment.installments,
        payer=payer or Payer(ip=payment.payer_ip or ""),
        masked_card=payment.masked_card,
    )


def references_of(payment: Payment) -> References:
    return References(
        auth_code=payment.auth_code,
        host_reference=payment.host_reference,
        transaction_id=payment.transaction_id,
        item_id=payment.item_id,
    )


def call(attempt: PaymentAttempt, ask: Callable[[], R]) -> R:
    """Call the bank. The attempt is committed by now; no transaction and no lock is held."""
    if connection.in_atomic_block and not _in_test_case():
        raise RuntimeError("A bank is never called inside a transaction.")
    return ask()


def begin(
    payment: Payment,
    operation: Operation,
    *,
    refund: Refund | None = None,
    asked_by_id: int | None = None,
    note: str = "",
) -> PaymentAttempt:
    """The row of a call that is about to be made. `note` is why a person wants it."""
    return PaymentAttempt.objects.create(
        payment=payment,
        operation=operation,
        refund=refund,
        amount=refund.amount if refund else payment.amount,
        asked_by_id=asked_by_id,
        details={"note": note} if note else {},
    )


def finish(attempt: PaymentAttempt, result: GatewayResult) -> bool:
    """Write down what the bank said; False where somebody has written it before."""
    changed = PaymentAttempt.objects.filter(pk=attempt.pk, finished_at=None).update(
        finished_at=timezone.now(),
        outcome=result.outcome,
        reason=result.reason,
        raw_code=result.raw_code[:64],
        bank_text=mask_text(result.bank_text)[:500],
        details=attempt.details | _details(result),
    )
    return bool(changed)


def _details(result: GatewayResult) -> dict[str, object]:
    """What an operator wants to see later; no card, no proof."""
    checks = {name: getattr(result, name) for name in ("signature_valid", "three_d_ok", "payment_approved")}
    extra = {"mismatches": list(result.mismatches), "state": str(getattr(result, "state", ""))}
    return {name: value for name, value in {**checks, **extra}.items() if value not in (None, "", [])}


def _local_key(pos: POS) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"pos:{pos.pk}".encode(), hashlib.sha256).hexdigest()


def _in_test_case() -> bool:
    """Django's TestCase wraps each test in transactions of its own and marks them."""
    atomics = connection.atomic_blocks
    return bool(atomics) and all(getattr(block, "_from_testcase", False) for block in atomics)
