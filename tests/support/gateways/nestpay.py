"""NestPay, model 3d and 3d_pay."""

from payments.gateways.nestpay.gateway import NestPayGateway
from payments.gateways.types import OrderData, Reason
from tests.support.bank.nestpay import SIMULATOR
from tests.support.gateways.profile import Profile, ThreeDModel


def _reply(response: str, code: str, *, order_id: str = "", extra: str = "") -> bytes:
    return (
        f"<CC5Response><OrderId>{order_id}</OrderId><Response>{response}</Response>"
        f"<ProcReturnCode>{code}</ProcReturnCode>{extra}</CC5Response>"
    ).encode()


def _refusal(order: OrderData, text: str) -> bytes:
    return _reply("Declined", "51", order_id=order.id, extra=f"<ErrMsg>{text}</ErrMsg>")


PROFILE = Profile(
    gateway=NestPayGateway,
    config={
        "username": "AKTESTAPI",
        "store_key": "123456",
        "password": "AKBANK01",
        "client_id": "100100000",
        "store_type": "3d",
        "accept_half_secure": False,
        "mode": "TEST",
    },
    secrets=frozenset({"store_key", "password"}),
    simulator=SIMULATOR,
    three_d_models=(
        ThreeDModel(config={"store_type": "3d"}, good_card=SIMULATOR.good_card),
        ThreeDModel(
            config={"store_type": "3d_pay"}, good_card=SIMULATOR.good_pay_model_card, completes=False
        ),
    ),
    has_day_rule=True,
    completion_has_amount=True,
    duplicate_reason=Reason.DUPLICATE_ORDER,
    form_amount="amount",
    approved_alone=(
        b"<CC5Response/>",
        b"<CC5Response><Response>Approved</Response><ProcReturnCode>00</ProcReturnCode></CC5Response>",
        _reply("Approved", "00", order_id="ANOTHER-1"),
    ),
    inconclusive={"strange-code": _reply("Declined", "ZZ"), "host-time-out": _reply("Declined", "91")},
    refusal=_refusal,
    unsigned_callbacks={
        "approved": {"mdStatus": "1", "Response": "Approved", "ProcReturnCode": "00", "oid": "X"},
        "blank": {"HASH": "", "HASHPARAMS": ":::", "oid": "X"},
        "other-letters": {"mdStatus": "1", "oid": "X", "HASH": "ş"},
        "surrogates": {"mdStatus": "1", "HASH": "\udcff", "x": "\udcff"},
    },
)
