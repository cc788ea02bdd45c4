"""dummypay's 3-D form, page and callback. The caller serves the page."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from config.kit.lib import money
from payments.gateways.base.callbacks import callback_result
from payments.gateways.base.values import known_amount, read_installments
from payments.gateways.dummypay import codes, signature
from payments.gateways.dummypay.codes import Scenario
from payments.gateways.types import (
    CallbackResult,
    OrderData,
    ReturnUrls,
    ThreeDForm,
    ThreeDProof,
)

CODE = "123456"
"""The one-time password that the page accepts."""

_ECHOED = ("order_id", "amount", "currency", "installments")


def three_d_form(
    order: OrderData, scenario: Scenario, urls: ReturnUrls, *, page_url: str, key: str
) -> ThreeDForm:
    """The form that the browser posts to the page. It carries the card's scenario, not the card."""
    inputs = {
        "order_id": order.id,
        "amount": money.format_amount(order.amount, order.currency, money.AmountFormat.MAJOR),
        "currency": order.currency,
        "installments": str(order.installments),
        "scenario": scenario.value,
        "success_url": urls.success,
        "failure_url": urls.failure,
        "server_url": urls.server,
        "language": order.language,
        "rnd": secrets.token_hex(10),
    }
    return ThreeDForm(method="POST", action=page_url, inputs=_signed(inputs, key))


@dataclass(frozen=True)
class ThreeDPage:
    """What the page shows, and the form's fields, which it must carry to the answer."""

    order_id: str
    amount: str
    currency: str
    language: str
    fields: dict[str, str] = field(repr=False)


@dataclass(frozen=True)
class PageAnswer:
    """The callback: the browser posts `inputs` to `action`, `copies` times.

    Two copies: the same callback is also sent to `server_url` or, without one, by the browser again. Zero: the
    payer's browser never returns.
    """

    action: str
    inputs: dict[str, str] = field(repr=False)
    copies: int = 1
    server_url: str = ""


def read_page(fields: Mapping[str, str], key: str) -> ThreeDPage:
    """The page for a posted form. Raises ValueError for a form without our signature."""
    if not signature.is_authentic(fields, key):
        raise ValueError("This form is not dummypay's.")
    return ThreeDPage(
        order_id=fields["order_id"],
        amount=fields["amount"],
        currency=fields["currency"],
        language=fields["language"],
        fields=dict(fields),
    )


def answer_page(fields: Mapping[str, str], code: str, key: str) -> PageAnswer:
    """What happens after the payer entered `code` (empty: cancelled). Raises ValueError as `read_page`."""
    read_page(fields, key)
    scenario = Scenario(fields["scenario"])
    md_status = codes.MD_STATUS.get(scenario, "1") if code.strip() == CODE else "0"
    inputs = {name: fields[name] for name in _ECHOED}
    inputs |= {
        "md_status": md_status,
        "message": "Authenticated" if md_status == "1" else "Not authenticated",
        "md": scenario.value,
        "rnd": secrets.token_hex(10),
    }
    return PageAnswer(
        action=fields["success_url"] if md_status == "1" else fields["failure_url"],
        inputs=_signed(inputs, key),
        copies=codes.COPIES.get(scenario, 1),
        server_url=fields["server_url"],
    )


def read_callback(fields: Mapping[str, str], key: str) -> CallbackResult:
    """What came back from the page: authenticated or not, but never paid."""
    currency = fields.get("currency") or None
    return callback_result(
        dict(fields),
        authentic=signature.is_authentic(fields, key),
        md_status=fields.get("md_status"),
        accept_half_secure=False,
        may_complete=True,
        order_id=fields.get("order_id"),
        amount=known_amount(fields.get("amount"), currency, money.AmountFormat.MAJOR),
        currency=currency,
        installments=read_installments(fields.get("installments")),
        bank_text=fields.get("message", ""),
        proof=ThreeDProof(md=fields.get("md", "")),
    )


def _signed(inputs: dict[str, str], key: str) -> dict[str, str]:
    return {**inputs, signature.NAME: signature.sign(inputs, key)}
