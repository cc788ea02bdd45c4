"""The simulator's NestPay."""

from tests.support.bank.nestpay import api, attacks, gate
from tests.support.bank.simulator import CallbackTerms, Simulator

SIMULATOR = Simulator(
    name=api.GATEWAY,
    api_path="/fim/api",
    three_d_path="/fim/est3Dgate",
    apis={"/fim/api": api.api},
    gates={"/fim/est3Dgate": gate.gate},
    one_time_password="a",
    good_card="5571135571135575",
    good_pay_model_card="4355084355084358",
    order_id_limit=64,
    callback=CallbackTerms(
        signature="HASH",
        status="mdStatus",
        amount="amount",
        order="oid",
        success={"mdStatus": "1", "Response": "Approved", "ProcReturnCode": "00", "AuthCode": "P12345"},
    ),
    attacks={"hashparams": attacks.hashparams, "downgrade": attacks.downgrade},
)
