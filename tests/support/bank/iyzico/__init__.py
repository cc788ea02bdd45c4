"""The simulator's iyzico."""

from tests.support.bank.iyzico import api
from tests.support.bank.simulator import CallbackTerms, Simulator


def _spoil_signature(body: bytes) -> bytes:
    return body.replace(b'"signature":"', b'"signature":"0')


SIMULATOR = Simulator(
    name=api.GATEWAY,
    api_path="",
    three_d_path="",
    apis=dict.fromkeys(api.OPERATIONS, api.api),
    gates={"/iyzico/3ds": api.gate},
    one_time_password="283126",
    good_card=api.GOOD_CARD,
    order_id_limit=64,
    callback=CallbackTerms(
        signature="signature",
        status="mdStatus",
        amount="conversationData",
        order="conversationId",
        success={"mdStatus": "1", "status": "success"},
        has_success=True,
    ),
    spoil_signature=_spoil_signature,
)
