"""What is sent to NestPay, and the form that the browser posts to it: docs/gateways/nestpay.md."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from config.kit.lib import money
from payments.gateways.base.values import installments_text
from payments.gateways.nestpay import codes, signature
from payments.gateways.types import (
    CardData,
    OrderData,
    Recurring,
    ReturnUrls,
    ThreeDForm,
    ThreeDProof,
)
from payments.gateways.wire.xml import Elements, to_xml

ROOT = "CC5Request"
ENCODING = "ISO-8859-9"
Config = Mapping[str, Any]


def to_document(elements: Elements) -> bytes:
    return to_xml(ROOT, elements, ENCODING)


def sale(
    config: Config,
    order: OrderData,
    card: CardData,
    *,
    transaction: str = "pay",
    recurring: Recurring | None = None,
) -> Elements:
    """A charge without 3-D; `transaction` is pay or pre (an authorisation that a capture follows)."""
    return {
        **_charge(config, order, transaction),
        "Number": card.number,
        "Expires": f"{card.month}/{card.short_year}",
        "Cvv2Val": card.cvc,
        **_plan(recurring),
    }


def completion(
    config: Config,
    order: OrderData,
    proof: ThreeDProof,
    *,
    transaction: str = "pay",
    recurring: Recurring | None = None,
) -> Elements:
    """The charge after model 3d: the proof takes the place of the card."""
    return {
        **_charge(config, order, transaction),
        "Number": proof.md,
        "PayerTxnId": proof.xid,
        "PayerSecurityLevel": proof.eci,
        "PayerAuthenticationCode": proof.cavv,
        **_plan(recurring),
    }


def capture(
    config: Config,
    order_id: str,
    amount: Decimal | None,
    currency: str,
    authorized: Decimal | None = None,
) -> Elements:
    """Capture a pre-authorisation; `authorized` is needed where the amounts differ."""
    elements: Elements = {**_login(config), "Type": "PostAuth", "OrderId": order_id}
    if amount is not None:
        elements["Total"] = _amount(amount, currency)
    if amount is not None and authorized is not None and authorized != amount:
        elements["Extra"] = {"PREAMT": _amount(authorized, currency)}
    return elements


def refund(config: Config, order: OrderData) -> Elements:
    """`order.amount` is the amount to refund, full or partial."""
    return {
        **_login(config),
        "Type": "Credit",
        "OrderId": order.id,
        "Total": _amount(order.amount, order.currency),
        "Currency": money.numeric_currency(order.currency),
    }


def void(config: Config, order_id: str, recurring_payment: int | None = None) -> Elements:
    """Void the payment, or cancel one future payment of a recurring plan."""
    if recurring_payment is None:
        return {**_login(config), "Type": "Void", "OrderId": order_id}
    record = {
        "RECORDTYPE": "Order",
        "RECURRINGOPERATION": "Cancel",
        "RECORDID": f"{order_id}-{recurring_payment}",
    }
    return {**_login(config), "Extra": record}


def status(config: Config, order_id: str, recurring_id: str = "") -> Elements:
    query = {"ORDERSTATUS": "QUERY", **({"RECURRINGID": recurring_id} if recurring_id else {})}
    return {**_login(config), **({"OrderId": order_id} if order_id else {}), "Extra": query}


def history(config: Config, order_id: str) -> Elements:
    return {**_login(config), "OrderId": order_id, "Extra": {"ORDERHISTORY": "QUERY"}}


def three_d_form(
    config: Config,
    order: OrderData,
    urls: ReturnUrls,
    *,
    gate_url: str,
    rnd: str,
    card: CardData | None = None,
    transaction: str = "pay",
    version: str = signature.VER3,
) -> ThreeDForm:
    """The form that the browser posts to est3Dgate; `hash` covers all other inputs."""
    inputs = {
        "clientid": str(config["client_id"]),
        "storetype": str(config["store_type"]),
        "amount": _amount(order.amount, order.currency),
        "oid": order.id,
        "okUrl": urls.success,
        "failUrl": urls.failure,
        "rnd": rnd,
        "lang": order.language,
        "currency": money.numeric_currency(order.currency),
        "taksit": installments_text(order.installments),
    }
    if version == signature.VER3:
        inputs |= {"TranType": codes.TRANSACTION_TYPES[transaction], "hashAlgorithm": signature.VER3}
    else:
        inputs["islemtipi"] = codes.TRANSACTION_TYPES[transaction]
    if urls.server:
        inputs["callbackUrl"] = urls.server
    if card is not None:
        inputs |= {
            "pan": card.number,
            "Ecom_Payment_Card_ExpDate_Month": card.month,
            "Ecom_Payment_Card_ExpDate_Year": card.short_year,
            "cv2": card.cvc,
        }
    inputs["hash"] = signature.form_hash(inputs, str(config["store_key"]), version)
    return ThreeDForm(method="POST", action=gate_url, inputs=inputs)


def _login(config: Config) -> Elements:
    return {"Name": config["username"], "Password": config["password"], "ClientId": config["client_id"]}


def _charge(config: Config, order: OrderData, transaction: str) -> Elements:
    return {
        **_login(config),
        "Type": codes.TRANSACTION_TYPES[transaction],
        "IPAddress": order.payer.ip,
        "OrderId": order.id,
        "Total": _amount(order.amount, order.currency),
        "Currency": money.numeric_currency(order.currency),
        "Taksit": installments_text(order.installments),
        "Mode": "P",
    }


def _plan(recurring: Recurring | None) -> Elements:
    if recurring is None:
        return {}
    plan = {
        "OrderType": "0",
        "OrderFrequencyInterval": str(recurring.interval),
        "OrderFrequencyCycle": codes.CYCLES[recurring.cycle],
        "TotalNumberPayments": str(recurring.payments),
    }
    return {"PbOrder": plan}


def _amount(amount: Decimal, currency: str) -> str:
    return money.format_amount(amount, currency, money.AmountFormat.MAJOR)
