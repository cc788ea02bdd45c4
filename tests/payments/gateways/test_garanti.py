"""What only Garanti's messages allow an attacker."""

from payments.gateways.types import OrderState, Outcome
from tests.support.gateways.profile import order
from tests.support.gateways.walk import ask, authenticate, opened


def test_a_paid_garanti_callback_cannot_be_made_a_refusal(bank):
    """Its hash has no separators: the auth code's digits can become a refusal and a failed 3-D."""
    gateway, ours = opened(bank, "garanti", security_level="3D_PAY"), order()
    _, fields, _ = authenticate(gateway, ours)
    head, tail = (
        fields["authcode"] + fields["procreturncode"] + fields["response"],
        fields["mdstatus"] + fields["cavv"],
    )
    before, _, after = head.partition("0")
    cut = {"authcode": before, "procreturncode": "", "response": "", "mdstatus": "0", "cavv": after + tail}
    forged = gateway.verify_callback({**fields, **cut}, ours)
    assert (forged.signature_valid, forged.three_d_ok) == (True, False)
    assert forged.outcome is Outcome.UNKNOWN
    declined = {
        "authcode": fields["authcode"],
        "procreturncode": "",
        "response": head[len(fields["authcode"]) :],
    }
    assert gateway.verify_callback({**fields, **declined}, ours).outcome is Outcome.UNKNOWN
    assert ask(gateway, ours).state is OrderState.CAPTURED
