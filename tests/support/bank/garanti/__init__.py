"""The simulator's Garanti BBVA."""

from tests.support.bank.garanti import api, attacks, gate
from tests.support.bank.simulator import CallbackTerms, Simulator


def _spoil_signature(body: bytes) -> bytes:
    return body.replace(b"<HashData>", b"<HashData>0")


SIMULATOR = Simulator(
    name=api.GATEWAY,
    api_path="/VPServlet",
    three_d_path="/servlet/gt3dengine",
    apis={"/VPServlet": api.api},
    gates={"/servlet/gt3dengine": gate.gate},
    one_time_password="147852",
    good_card="4282209004348015",
    good_pay_model_card="4824894728063019",
    order_id_limit=32,
    callback=CallbackTerms(
        signature="hash",
        status="mdstatus",
        amount="txnamount",
        order="orderid",
        success={"mdstatus": "1", "response": "Approved", "procreturncode": "00", "authcode": "123456"},
    ),
    attacks={"hashparams": attacks.hashparams, "boundary": attacks.boundary},
    spoil_signature=_spoil_signature,
)
