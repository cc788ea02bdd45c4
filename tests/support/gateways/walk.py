"""A payment's way through a gateway and the bank simulator."""

from typing import Any

from payments.gateways.base.gateway import Gateway
from payments.gateways.types import (
    CallbackResult,
    CardData,
    GatewayResult,
    OrderData,
    Outcome,
    References,
    ReturnUrls,
    StatusQuery,
    StatusResult,
)
from tests.support.bank.client import pay
from tests.support.gateways import PROFILES
from tests.support.gateways.profile import URLS


def authenticate(
    gateway: Gateway,
    ours: OrderData,
    *,
    otp: str | None = None,
    card: CardData | None = None,
    urls: ReturnUrls = URLS,
) -> tuple[str, dict[str, str], CallbackResult]:
    """From the form to the verified callback: the shop's URL, the callback's fields and the verdict."""
    name = gateway.short_name()
    start = gateway.start_three_d(ours, card or PROFILES[name].good_card, urls)
    assert start.outcome is Outcome.NEEDS_ACTION, start
    assert start.form is not None
    url, fields = pay(start.form.action, start.form.inputs, name, otp)
    return url, fields, gateway.verify_callback(fields, ours)


def finish(gateway: Gateway, ours: OrderData, callback: CallbackResult) -> GatewayResult:
    if callback.outcome is Outcome.NEEDS_ACTION:
        return gateway.complete_three_d(ours, callback)
    return callback


def ask(gateway: Gateway, ours: OrderData, references: References | None = None) -> StatusResult:
    return gateway.status(StatusQuery(order=ours, references=references or References()))


def opened(bank: Any, name: str, **config: Any) -> Gateway:
    """The gateway on a POS at the simulator."""
    return PROFILES[name].open(bank.base_url, bank.http, **config)
