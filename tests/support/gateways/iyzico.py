"""iyzico."""

import json

from payments.gateways.iyzico.gateway import IyzicoGateway
from payments.gateways.types import OrderData
from tests.support.bank.iyzico import SIMULATOR
from tests.support.gateways.profile import Profile, ThreeDModel


def _badly_signed(order: OrderData) -> dict[str, bytes]:
    amount = float(order.amount)
    whole = {
        "status": "success",
        "conversationId": order.id,
        "basketId": order.id,
        "paymentId": "1",
        "price": amount,
        "paidPrice": amount,
        "currency": order.currency,
        "installment": order.installments,
        "fraudStatus": 1,
        "paymentStatus": "SUCCESS",
        "itemTransactions": [{"paymentTransactionId": "1-1"}],
        "threeDSHtmlContent": "PGZvcm0gYWN0aW9uPSJodHRwczovL2EiIG1ldGhvZD0icG9zdCI+PC9mb3JtPg==",
    }
    signatures = {"no-signature": None, "wrong-signature": "0" * 64, "letters": "ş", "number": 1}
    return {
        name: json.dumps(whole if value is None else {**whole, "signature": value}).encode()
        for name, value in signatures.items()
    }


def _refusal(order: OrderData, text: str) -> bytes:
    told = {"status": "failure", "errorCode": "10051", "errorMessage": text, "conversationId": order.id}
    return json.dumps(told).encode()


PROFILE = Profile(
    gateway=IyzicoGateway,
    config={
        "api_key": "sandbox-api-key",
        "secret_key": "sandbox-secret-key",
        "accept_half_secure": False,
        "mode": "TEST",
    },
    secrets=frozenset({"secret_key"}),
    public=frozenset({"api_key"}),
    simulator=SIMULATOR,
    three_d_models=(ThreeDModel(good_card=SIMULATOR.good_card),),
    approved_alone=(b'{"status":"success"}', b'{"status":"success","signature":""}'),
    badly_signed=_badly_signed,
    inconclusive={"strange-error": b'{"status":"failure","errorCode":"424242"}'},
    refusal=_refusal,
    unsigned_callbacks={
        "success": {"status": "success", "mdStatus": "1", "conversationId": "X"},
        "other-letters": {"status": "success", "mdStatus": "1", "signature": "ş", "conversationId": "X"},
        "blank": {"status": "success", "mdStatus": "1", "signature": "", "conversationId": "X"},
        "surrogates": {"status": "success", "mdStatus": "1", "signature": "\udcff"},
    },
)
