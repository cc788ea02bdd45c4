"""What each kind of vector asks (docs/gateways/simulator.md), asked of the real gateway code.

Here stands only the translation between a vector's words and ours; nothing is computed that a gateway
computes.
"""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from config.kit.lib import money
from payments.gateways.base.callbacks import three_d_policy
from payments.gateways.base.values import installments_text
from payments.gateways.garanti import messages as garanti_messages
from payments.gateways.garanti import replies as garanti_replies
from payments.gateways.garanti import signature as garanti_signature
from payments.gateways.iyzico import messages as iyzico_messages
from payments.gateways.iyzico import signature as iyzico_signature
from payments.gateways.nestpay import messages as nestpay_messages
from payments.gateways.nestpay import replies as nestpay_replies
from payments.gateways.nestpay import signature as nestpay_signature
from payments.gateways.types import (
    CallbackResult,
    CardData,
    OrderData,
    Payer,
    Recurring,
    ReturnUrls,
    ThreeDProof,
)
from payments.gateways.wire import xml
from payments.gateways.wire.forms import read_autopost_page
from tests.payments.gateways import vector_replies

Data = dict[str, Any]

# The inputs


def order_of(data: Mapping[str, Any]) -> OrderData:
    return OrderData(
        id=str(data.get("id", "")),
        amount=Decimal(str(data.get("amount", 0))),
        currency=data.get("currency", "TRY"),
        installments=max(1, int(data.get("installment") or 1)),
        payer=Payer(ip=data.get("ip", ""), email=data.get("email", "")),
        language=data.get("lang", "tr"),
    )


def card_of(data: Mapping[str, Any] | None) -> CardData | None:
    if data is None:
        return None
    year = int(data["exp_year"])
    return CardData(
        number=data["number"],
        expiry_month=int(data["exp_month"]),
        expiry_year=year if year > 99 else 2000 + year,
        cvc=data.get("cvc", ""),
        holder=data.get("holder", ""),
    )


def plan_of(order: Mapping[str, Any]) -> Recurring | None:
    plan = order.get("recurring")
    if not plan:
        return None
    return Recurring(
        interval=plan["frequency"],
        cycle=plan["frequencyType"].lower(),
        payments=plan["installment"],
        start=date.fromisoformat(plan["startDate"][:10]) if plan.get("startDate") else None,
    )


def proof_of(callback: Mapping[str, str]) -> ThreeDProof:
    return ThreeDProof(**{name: callback[name] for name in ("md", "xid", "eci", "cavv")})


def fields_of(callback: Mapping[str, Any]) -> dict[str, str | None]:
    """Some sources hold numbers where the wire has text."""
    return {name: None if value is None else str(value) for name, value in callback.items()}


# The comparison


def same(ours: Any, expected: Any) -> bool:
    """Texts; null is absent or empty; child order is free; numbers by their value."""
    if isinstance(expected, Mapping):
        ours = ours or {}
        return all(same(ours.get(name), expected.get(name)) for name in {*ours, *expected})
    if isinstance(expected, list):
        return len(ours) == len(expected) and all(map(same, ours, expected))
    if isinstance(expected, bool):
        return ours is expected
    if expected in (None, ""):
        return ours in (None, "", {})
    if isinstance(expected, float) and ours not in (None, ""):
        return Decimal(str(ours)) == Decimal(str(expected))
    return str(ours) == str(expected)


def check(ours: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Every name in `expected` is known to us and has its value."""
    for name, value in expected.items():
        if name != "hash_plaintext":  # given to ease debugging
            assert name in ours, f"{name}: not read by the gateway"
            if name == "transactions":
                assert len(ours[name]) == len(value)
                for our_row, row in zip(ours[name], value, strict=True):
                    check(our_row, row)
            else:
                assert same(ours[name], value), f"{name}: {ours[name]!r} instead of {value!r}"


# Requests and forms


def form_hash(vector: Data) -> None:
    data, version = vector["input"], vector["kind"].removeprefix("form_hash_")
    if vector["gateway"] == "nestpay":
        own = nestpay_signature.form_hash(data["fields"], data["store_key"], version)
    else:
        security = garanti_signature.security_data(data["prov_password"], data["fields"]["terminalid"])
        api_version = {"512": "512", "v001": "v0.01"}[version]
        own = garanti_signature.form_hash(data["fields"], data["store_key"], security, api_version)
    check({"hash": own}, vector["expected"])


def form_hash_ver3_equal(vector: Data) -> None:
    """Two inputs, however they are named, give one hash."""
    data = vector["input"]
    inputs = [value for value in data.values() if isinstance(value, Mapping)]
    inputs += [item for value in data.values() if isinstance(value, list) for item in value]
    hashes = {
        nestpay_signature.form_hash(item.get("fields", item), item.get("store_key", data.get("store_key")))
        for item in inputs
    }
    assert len(inputs) >= 2
    assert len(hashes) == 1
    if "hash" in vector["expected"]:
        assert hashes == {vector["expected"]["hash"]}


def build_3d_form(vector: Data) -> None:
    data = vector["input"]
    order, card = order_of(data["order"]), card_of(data.get("card"))
    urls = ReturnUrls(
        data["order"]["success_url"], data["order"]["fail_url"], data["order"].get("callback_url", "")
    )
    kind = data.get("tx_type", "pay")
    if vector["gateway"] == "nestpay":
        form = nestpay_messages.three_d_form(
            {**data["account"], "store_type": data["model"]},
            order,
            urls,
            gate_url=data["gateway_url"],
            rnd=data["rnd"],
            card=card,
            transaction=kind,
            version=data.get("hash_algorithm", "ver3"),
        )
    else:
        config = {**data["account"], "security_level": data["model"].upper()}
        form = garanti_messages.three_d_form(
            config, order, urls, gate_url=data["gateway_url"], card=card, transaction=kind
        )
    check({"method": form.method, "action": form.action, "inputs": form.inputs}, vector["expected"])


def build_request(vector: Data) -> None:
    data, expected = vector["input"], vector["expected"]
    builders = {"nestpay": _nestpay_request, "garanti": _garanti_request}
    ours = json.loads(json.dumps(builders[vector["gateway"]](data)))
    if vector["gateway"] == "garanti" and "HashData" not in expected["elements"]["Terminal"]:
        del ours["Terminal"]["HashData"]  # blank in the vector's source
    root = {"nestpay": nestpay_messages.ROOT, "garanti": garanti_messages.ROOT}[vector["gateway"]]
    check({"root": root, "elements": ours}, expected)


def _nestpay_request(data: Data) -> Data:
    config, details, m = data["account"], data["order"], nestpay_messages
    order, card, kind = order_of(details), card_of(data.get("card")), data.get("tx_type", "pay")
    amount = order.amount if "amount" in details else None
    authorized = details.get("pre_auth_amount")
    builders: dict[str, Callable[[], Data]] = {
        "sale": lambda: m.sale(config, order, card, transaction=kind, recurring=plan_of(details)),
        "complete_3d": lambda: m.completion(
            config, order, proof_of(data["callback"]), transaction=kind, recurring=plan_of(details)
        ),
        "capture": lambda: m.capture(
            config, order.id, amount, order.currency, None if authorized is None else Decimal(str(authorized))
        ),
        "refund": lambda: m.refund(config, order),
        "void": lambda: m.void(config, order.id, details.get("recurringOrderInstallmentNumber")),
        "status": lambda: m.status(config, order.id, details.get("recurringId", "")),
        "history": lambda: m.history(config, order.id),
        "order_history": lambda: m.history(config, order.id),
    }
    return builders[data["operation"]]()


def _garanti_request(data: Data) -> Data:
    config, details, m = data["account"], data["order"], garanti_messages
    callback = data.get("callback", {})
    # the sources send on what the callback holds, in the amount, too
    details = {**details, "ip": callback.get("customeripaddress") or details.get("ip", "")}
    order, card, kind = order_of(details), card_of(data.get("card")), data.get("tx_type", "pay")
    reference = details.get("ref_ret_num", "")
    builders: dict[str, Callable[[], Data]] = {
        "sale": lambda: m.sale(config, order, card, transaction=kind, recurring=plan_of(details)),
        "complete_3d": lambda: m.completion(
            config,
            order,
            proof_of(callback),
            amount=callback.get("txnamount") or m.amount_minor(order),
            transaction=kind,
            recurring=plan_of(details),
        ),
        "capture": lambda: m.capture(config, order, reference),
        "refund": lambda: m.refund(config, order, reference),
        "void": lambda: m.void(config, order, reference),
        "status": lambda: m.inquiry(config, order),
        "order_history": lambda: m.history(config, order),
        "history": lambda: m.order_list(
            config,
            order,
            start=details["start_date"],
            end=details["end_date"],
            page=int(details.get("page", 1)),
        ),
    }
    return builders[data["operation"]]()


def request_hash_512(vector: Data) -> None:
    request, password = vector["input"]["request"], vector["input"]["password"]
    terminal = request["Terminal"]["ID"]
    own = garanti_signature.request_hash(
        order_id=str(request["Order"].get("OrderID", "")),
        terminal_id=terminal,
        card_number=str(request.get("Card", {}).get("Number", "")),
        amount=str(request["Transaction"].get("Amount", "")),
        currency=str(request["Transaction"].get("CurrencyCode", "")),
        security=garanti_signature.security_data(password, terminal),
    )
    check({"hash": own}, vector["expected"])


def security_data(vector: Data) -> None:
    data = vector["input"]
    own = garanti_signature.security_data(data["prov_password"], data["terminal_id"])
    check({"security_data": own}, vector["expected"])


def response_hash(vector: Data) -> None:
    data = dict(vector["input"])
    version = {"sha1": "v0.01", "sha512": "512"}[data.pop("algorithm", "sha512")]
    security = garanti_signature.security_data(data.pop("password"), data.pop("terminal_id"))
    own = garanti_signature.response_hash(**data, security=security, version=version)
    check({"hash": own}, vector["expected"])


def serialize_xml(vector: Data) -> None:
    data = vector["input"]
    ours = xml.from_xml(xml.to_xml(data["root"], data["elements"], data["encoding"]))
    theirs = xml.from_xml(vector["expected"]["xml"])
    assert ours[0] == theirs[0]
    assert same(ours[1], theirs[1])


def map_installment(vector: Data) -> None:
    check({"values": [installments_text(int(case)) for case in vector["input"]["cases"]]}, vector["expected"])


# Callbacks


def read_callback(vector: Data, fields: Mapping[str, Any], data: Mapping[str, Any]) -> CallbackResult:
    """On a POS as the one that the message was meant for."""
    if vector["gateway"] == "nestpay":
        return nestpay_replies.read_callback(
            fields_of(fields),
            store_key=data.get("store_key", ""),
            store_type=str(fields.get("storetype", "3d_pay")).lower(),
            version=data.get("hash_algorithm", "ver3"),
        )
    if vector["gateway"] == "garanti":
        return garanti_replies.read_callback(
            fields_of(fields),
            store_key=data.get("store_key", ""),
            security_level=str(fields.get("secure3dsecuritylevel", "3D")),
            version=str(fields.get("apiversion", "512")),
        )
    return iyzico_messages.read_callback(fields_of(fields), secret_key=data.get("secret_key", ""))


def callback_words(result: CallbackResult) -> Data:
    """The result in the vectors' words, over the message's own fields."""
    currency = result.currency
    minor = money.to_minor(result.amount, currency) if result.amount is not None and currency else None
    return {
        **result.fields,
        "signature_valid": result.signature_valid,
        "three_d_ok": result.three_d_ok,
        "payment_approved": result.payment_approved,
        "provision_required": result.provision_required,
        "order_id": result.order_id,
        "conversation_id": result.order_id,
        "md_status": result.md_status,
        "amount": result.amount,
        "amount_minor": minor,
        "currency": money.numeric_currency(currency) if currency else None,
        # the sources call a single payment 0
        "installments": 0 if result.installments == 1 else result.installments,
        "auth_code": result.references.auth_code,
        "host_ref_num": result.references.host_reference,
        "transaction_id": result.references.transaction_id,
        "payment_id": result.references.transaction_id,
        "masked_pan": result.masked_card,
        "proc_return_code": result.fields.get("ProcReturnCode") or result.fields.get("procreturncode"),
        "error_code": result.raw_code,
        "error_message": result.bank_text,
        "md": result.proof.md,
        "xid": result.proof.xid,
        "eci": result.proof.eci,
        "cavv": result.proof.cavv,
        "response": result.fields.get("Response") or result.fields.get("response"),
        "status": result.fields.get("status"),
    }


def verify_callback(vector: Data) -> None:
    data = vector["input"]
    check(callback_words(read_callback(vector, data["callback"], data)), vector["expected"])


def parse_autopost_html(vector: Data) -> None:
    page = read_autopost_page(vector["input"]["html"])
    form = {"form_name": page.name, "method": page.method, "action": page.action, "inputs": page.inputs}
    result = read_callback(vector, page.inputs, vector["input"])
    check({**callback_words(result), **form}, vector["expected"])


def md_status_policy(vector: Data) -> None:
    """The table holds under one setting of the POS; with the other, "1" alone or all of 2, 3, 4 pass too."""
    statuses, expected = vector["input"]["md_statuses"], vector["expected"]["three_d_ok"]
    half_secure = any(ok for status, ok in zip(statuses, expected, strict=True) if status in ("2", "3", "4"))
    assert [three_d_policy(status, half_secure) for status in statuses] == expected
    assert [status for status in statuses if three_d_policy(status, False)] == ["1"] * statuses.count("1")


# iyzico


def auth_header(vector: Data) -> None:
    data = vector["input"]
    signed = data.get("signature") or iyzico_signature.request_signature(
        data["secret_key"], data["random_key"], data["signed_path"], data["body"]
    )
    header = iyzico_signature.authorization(data["api_key"], data["random_key"], signed)
    ours = {"authorization": header, "x_iyzi_rnd": data["random_key"], "signature": signed}
    check(ours, vector["expected"])


MESSAGES = {
    "payment": iyzico_signature.PAYMENT,
    "3ds_init": iyzico_signature.THREE_D_INIT,
    "callback": iyzico_signature.CALLBACK,
    "refund": iyzico_signature.REFUND,
    "checkout_form_init": iyzico_signature.CHECKOUT_FORM_INIT,
    "checkout_form": iyzico_signature.CHECKOUT_FORM,
}


def response_signature(vector: Data) -> None:
    data = vector["input"]
    kind, values = data.get("message_type", ""), data["fields"]
    if "webhook" in kind:
        own = iyzico_signature.webhook_signature(data["secret_key"], values)
    else:
        names = data.get("order") or MESSAGES[kind]
        own = iyzico_signature.response_signature(data["secret_key"], values, names)
    check({"signature": own}, vector["expected"])


def response_signature_verify(vector: Data) -> None:
    data = vector["input"]
    names = data.get("order") or MESSAGES[data["message_type"]]
    values = {**data["fields"], "signature": data.get("signature")}
    valid = iyzico_signature.response_is_authentic(data["secret_key"], values, names)
    check({"signature_valid": valid}, vector["expected"])


def price_format(vector: Data) -> None:
    ours = [iyzico_signature.format_price(case) for case in vector["input"]["cases"]]
    check({"values": ours}, vector["expected"])


def price_for_signature(vector: Data) -> None:
    ours = [iyzico_signature.price_for_signature(case) for case in vector["input"]["cases"]]
    check({"values": ours}, vector["expected"])


# Replies


def decode_xml(vector: Data) -> None:
    root, elements = xml.from_xml(vector["input"]["xml"])
    check({"root": root, "elements": elements}, vector["expected"])


def parse_response(vector: Data) -> None:
    data = vector["input"]
    if "xml_base64" in data:
        document: bytes | str = base64.b64decode(data["xml_base64"])
    elif "json" in data:
        document = json.dumps(data["json"])
    else:
        document = data["xml"]
    words = vector_replies.WORDS[vector["gateway"]](document, data)
    check(words, vector["expected"])


KINDS: dict[str, Callable[[Data], None]] = {
    "form_hash_ver3": form_hash,
    "form_hash_ver1": form_hash,
    "form_hash_512": form_hash,
    "form_hash_v001": form_hash,
    "form_hash_ver3_equal": form_hash_ver3_equal,
    "build_3d_form": build_3d_form,
    "build_request": build_request,
    "serialize_xml": serialize_xml,
    "request_hash_512": request_hash_512,
    "security_data": security_data,
    "response_hash": response_hash,
    "decode_xml": decode_xml,
    "parse_response": parse_response,
    "parse_response_bytes": parse_response,
    "parse_autopost_html": parse_autopost_html,
    "verify_callback": verify_callback,
    "parse_callback": verify_callback,
    "map_installment": map_installment,
    "md_status_policy": md_status_policy,
    "auth_header": auth_header,
    "auth_header_assemble": auth_header,
    "response_signature": response_signature,
    "response_signature_verify": response_signature_verify,
    "price_format": price_format,
    "price_for_signature": price_for_signature,
}
