"""What is sent to Garanti, and the form that the browser posts to it: docs/gateways/garanti.md."""

from collections.abc import Mapping
from typing import Any

from config.kit.lib import money
from payments.gateways.base.values import installments_text
from payments.gateways.garanti import codes, signature
from payments.gateways.types import CardData, OrderData, Recurring, ReturnUrls, ThreeDForm, ThreeDProof
from payments.gateways.wire.xml import Elements, to_xml

ROOT = "GVPSRequest"
ENCODING = "UTF-8"
DUMMY_AMOUNT = "100"
"""Sent with voids and inquiries: the bank requires an amount and ignores it."""

Config = Mapping[str, Any]


def to_document(elements: Elements) -> bytes:
    return to_xml(ROOT, elements, ENCODING)


def amount_minor(order: OrderData) -> str:
    """`10025` for 100.25 TRY."""
    return money.format_amount(order.amount, order.currency, money.AmountFormat.MINOR)


def sale(
    config: Config,
    order: OrderData,
    card: CardData,
    *,
    transaction: str = "pay",
    recurring: Recurring | None = None,
) -> Elements:
    """A charge without 3-D; `transaction` is pay or pre (an authorisation that a capture follows)."""
    request = _request(
        config, order, codes.TRANSACTION_TYPES[transaction], amount_minor(order), card_number=card.number
    )
    request["Card"] = {
        "Number": card.number,
        "ExpireDate": f"{card.month}{card.short_year}",
        "CVV2": card.cvc,
    }
    return {**request, **_plan(recurring)}


def completion(
    config: Config,
    order: OrderData,
    proof: ThreeDProof,
    *,
    amount: str,
    transaction: str = "pay",
    recurring: Recurring | None = None,
) -> Elements:
    """The charge after model 3D; `amount` in minor units, the one that was authenticated."""
    request = _request(config, order, codes.TRANSACTION_TYPES[transaction], amount)
    request["Transaction"] |= {
        "CardholderPresentCode": "13",
        "Secure3D": {
            "AuthenticationCode": proof.cavv,
            "SecurityLevel": proof.eci,
            "TxnID": proof.xid,
            "Md": proof.md,
        },
    }
    return {**request, **_plan(recurring)}


def capture(config: Config, order: OrderData, retref_num: str) -> Elements:
    """Capture a pre-authorisation."""
    request = _request(config, order, "postauth", amount_minor(order))
    request["Transaction"] = {
        "Type": "postauth",
        "Amount": amount_minor(order),
        "CurrencyCode": money.numeric_currency(order.currency),
        "OriginalRetrefNum": retref_num,
    }
    return request


def void(config: Config, order: OrderData, retref_num: str) -> Elements:
    request = _request(config, order, "void", DUMMY_AMOUNT, as_refunder=True)
    request["Transaction"]["OriginalRetrefNum"] = retref_num
    return request


def refund(config: Config, order: OrderData, retref_num: str) -> Elements:
    """`order.amount` is the amount to refund, full or partial."""
    request = _request(config, order, "refund", amount_minor(order), as_refunder=True)
    request["Transaction"]["OriginalRetrefNum"] = retref_num
    return request


def inquiry(config: Config, order: OrderData) -> Elements:
    return _request(config, order, "orderinq", DUMMY_AMOUNT)


def history(config: Config, order: OrderData) -> Elements:
    """All transactions of one order."""
    return _request(config, order, "orderhistoryinq", DUMMY_AMOUNT)


def order_list(config: Config, order: OrderData, *, start: str, end: str, page: int) -> Elements:
    """All orders between two times, `dd/mm/yyyy HH:MM`; of `order` only the payer's IP address is sent."""
    request = _request(config, order, "orderlistinq", DUMMY_AMOUNT)
    request["Order"] |= {"StartDate": start, "EndDate": end, "ListPageNum": str(page)}
    return request


def three_d_form(
    config: Config,
    order: OrderData,
    urls: ReturnUrls,
    *,
    gate_url: str,
    card: CardData | None = None,
    transaction: str = "pay",
) -> ThreeDForm:
    """The form that the browser posts to gt3dengine. Its hash does not cover the card."""
    terminal = str(config["terminal_id"])
    inputs = {
        "secure3dsecuritylevel": str(config["security_level"]),
        "mode": str(config["mode"]),
        "apiversion": signature.VERSION_512,
        "terminalprovuserid": str(config["prov_user"]),
        "terminaluserid": str(config["prov_user"]),
        "terminalmerchantid": str(config["merchant_id"]),
        "terminalid": terminal,
        "txntype": codes.TRANSACTION_TYPES[transaction],
        "txnamount": amount_minor(order),
        "txncurrencycode": money.numeric_currency(order.currency),
        "txninstallmentcount": installments_text(order.installments),
        "orderid": order.id,
        "successurl": urls.success,
        "errorurl": urls.failure,
        "customeripaddress": order.payer.ip,
    }
    if order.payer.email:
        inputs["customeremailaddress"] = order.payer.email
    if card is not None:
        inputs |= {
            "cardnumber": card.number,
            "cardexpiredatemonth": card.month,
            "cardexpiredateyear": card.short_year,
            "cardcvv2": card.cvc,
        }
    security = signature.security_data(str(config["prov_password"]), terminal)
    inputs["secure3dhash"] = signature.form_hash(inputs, str(config["store_key"]), security)
    return ThreeDForm(method="POST", action=gate_url, inputs=inputs)


def _request(
    config: Config,
    order: OrderData,
    transaction: str,
    amount: str,
    *,
    card_number: str = "",
    as_refunder: bool = False,
) -> Elements:
    """The parts that all requests have. Voids and refunds use their own user and password."""
    user = config["refund_user" if as_refunder else "prov_user"]
    password = config["refund_password" if as_refunder else "prov_password"]
    terminal, currency = str(config["terminal_id"]), money.numeric_currency(order.currency)
    hash_data = signature.request_hash(
        order_id=order.id,
        terminal_id=terminal,
        card_number=card_number,
        amount=amount,
        currency=currency,
        security=signature.security_data(str(password), terminal),
    )
    customer = {"IPAddress": order.payer.ip}
    if order.payer.email:
        customer["EmailAddress"] = order.payer.email
    return {
        "Mode": config["mode"],
        "Version": signature.VERSION_512,
        "Terminal": {
            "ProvUserID": user,
            "UserID": user,
            "HashData": hash_data,
            "ID": terminal,
            "MerchantID": config["merchant_id"],
        },
        "Customer": customer,
        "Order": {"OrderID": order.id},
        "Transaction": {
            "Type": transaction,
            "InstallmentCnt": installments_text(order.installments),
            "Amount": amount,
            "CurrencyCode": currency,
            "CardholderPresentCode": "0",
            "MotoInd": "N",
        },
    }


def _plan(recurring: Recurring | None) -> Elements:
    if recurring is None:
        return {}
    plan = {
        "TotalPaymentNum": str(recurring.payments),
        "FrequencyType": codes.CYCLES[recurring.cycle],
        "FrequencyInterval": str(recurring.interval),
        "Type": "R",
    }
    if recurring.start:
        plan["StartDate"] = f"{recurring.start:%Y%m%d}"
    return {"Recurring": plan}
