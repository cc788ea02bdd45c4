"""What only NestPay's messages allow an attacker."""

from payments.gateways.types import OrderState, Outcome
from tests.support.gateways.profile import order
from tests.support.gateways.walk import ask, authenticate, opened


def test_a_paid_nestpay_callback_cannot_be_made_a_refusal(bank):
    """ver3 hashes no names: renamed without changing their order, the hash still fits."""
    gateway, ours = opened(bank, "nestpay", store_type="3d_pay"), order()
    _, fields, _ = authenticate(gateway, ours)
    renames = {"mdStatus": "mdStatut", "Response": "Responsf", "ProcReturnCode": "ProcReturnCodf"}
    forged = gateway.verify_callback({renames.get(name, name): value for name, value in fields.items()}, ours)
    assert forged.signature_valid
    assert forged.outcome is Outcome.UNKNOWN
    assert ask(gateway, ours).state is OrderState.CAPTURED
