"""Garanti BBVA, model 3D and 3D_PAY."""

from payments.gateways.garanti.gateway import GarantiGateway
from payments.gateways.types import OrderData, Reason
from tests.support.bank.garanti import SIMULATOR, hashes
from tests.support.gateways.profile import Profile, ThreeDModel

CONFIG = {
    "merchant_id": "7000679",
    "terminal_id": "30691298",
    "prov_user": "PROVAUT",
    "prov_password": "123qweASD/",
    "refund_user": "PROVRFN",
    "refund_password": "123qweASD/",
    "store_key": "12345678",
    "security_level": "3D",
    "accept_half_secure": False,
    "mode": "TEST",
}


def _reply(order_id: str, code: str, *, text: str = "", hash_data: str = "") -> bytes:
    response = f"<Code>{code}</Code><ReasonCode>{code}</ReasonCode><ErrorMsg>{text}</ErrorMsg>"
    return (
        f"<GVPSResponse><Order><OrderID>{order_id}</OrderID></Order><Transaction>"
        f"<Response>{response}</Response><HashData>{hash_data}</HashData></Transaction></GVPSResponse>"
    ).encode()


def _signed(order_id: str, code: str, text: str = "") -> bytes:
    security = hashes.security_data(CONFIG["prov_password"], CONFIG["terminal_id"])
    return _reply(order_id, code, text=text, hash_data=hashes.upper_sha512(code + order_id + security))


def _badly_signed(order: OrderData) -> dict[str, bytes]:
    return {
        "no-hash": _reply(order.id, "00"),
        "wrong-hash": _reply(order.id, "00", hash_data="0" * 128),
        "hash-of-another-order": _signed("ANOTHER-1", "00").replace(b"ANOTHER-1", order.id.encode()),
        "refusal-without-hash": _reply(order.id, "51"),
        "refusal-with-hash-of-approval": _signed(order.id, "00").replace(b">00<", b">51<"),
        "letters": _reply(order.id, "00", hash_data="ş" * 128),
    }


PROFILE = Profile(
    gateway=GarantiGateway,
    config=CONFIG,
    secrets=frozenset({"prov_password", "refund_password", "store_key"}),
    simulator=SIMULATOR,
    three_d_models=(
        ThreeDModel(config={"security_level": "3D"}, good_card=SIMULATOR.good_card),
        ThreeDModel(
            config={"security_level": "3D_PAY"}, good_card=SIMULATOR.good_pay_model_card, completes=False
        ),
    ),
    has_day_rule=True,
    completion_has_amount=True,
    duplicate_reason=Reason.DUPLICATE_ORDER,
    form_amount="txnamount",
    approved_alone=(
        b"<GVPSResponse/>",
        b"<GVPSResponse><Transaction><Response><Code>00</Code></Response></Transaction></GVPSResponse>",
        _signed("", "00"),
        _signed("ANOTHER-1", "00"),
    ),
    badly_signed=_badly_signed,
    inconclusive={"strange-code": _signed("X", "ZZ"), "host-time-out": _signed("X", "91")},
    refusal=lambda order, text: _signed(order.id, "51", text),
    # The signed values in one field. Stored as it came until it is decided otherwise.
    unsigned_callbacks={
        "approved": {
            "mdstatus": "1",
            "response": "Approved",
            "procreturncode": "00",
            "oid": "X",
            "hash": "ş",
        },
        "blank": {"hash": "", "hashparams": "", "oid": "X"},
        "surrogates": {"mdstatus": "1", "hash": "\udcff", "x": "\udcff"},
    },
)
