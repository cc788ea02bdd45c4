"""dummypay: no bank, nothing is sent."""

from payments.gateways.dummypay.gateway import DummyPayGateway
from payments.gateways.dummypay.messages import CODE
from tests.support.gateways.profile import Profile

PROFILE = Profile(
    gateway=DummyPayGateway,
    config={"three_d_enabled": True, "fail_on_refund": False, "fail_on_void": False, "auth": {}},
    secrets=frozenset(),
    simulator=None,
    one_time_password=CODE,
    unsigned_callbacks={
        "success": {"md_status": "1", "order_id": "X"},
        "surrogates": {"md_status": "1", "signature": "\udcff"},
    },
)
