"""NestPay's ver1 hash: which fields it covers is in the message, and nothing separates the values."""

from payments.gateways.base.callbacks import judge
from payments.gateways.nestpay.replies import read_callback
from payments.gateways.types import Outcome, Reason
from tests.support.bank.nestpay import hashes

STORE_KEY = "123456"
FIELDS = {
    "clientid": "100100000", "oid": "ORDER1", "mdStatus": "0", "cavv": "", "eci": "", "md": "1a2b", "rnd": "x7",
    "mdErrorMsg": "Not authenticated",
}  # fmt: skip
RESULT = {"AuthCode": "", "ProcReturnCode": "51", "Response": "Declined"}


def callback(names: tuple[str, ...], **fields: str):
    values = {**FIELDS, **fields}
    signed = hashes.ver1([values.get(name, "") for name in names], STORE_KEY)
    values |= {"HASHPARAMS": ":".join(names) + ":", "HASH": signed}
    return read_callback(values, store_key=STORE_KEY, store_type="3d_pay", version="ver1")


WITHOUT = ("clientid", "oid", "mdStatus", "cavv", "eci", "md", "rnd")
WITH = ("clientid", "oid", "AuthCode", "ProcReturnCode", "Response", "mdStatus", "cavv", "eci", "md", "rnd")


def test_a_failed_authentication_without_a_result_is_authentic_and_ends_nothing():
    result = callback(WITHOUT)
    assert result.signature_valid
    verdict = judge(result)
    assert (verdict["outcome"], verdict["reason"]) == (Outcome.UNKNOWN, Reason.THREE_D_FAILED)


def test_a_refusal_with_a_signed_result_ends_the_payment():
    assert judge(callback(WITH, **RESULT))["outcome"] is Outcome.DECLINED


def test_an_approval_without_a_signed_result_is_no_approval():
    result = callback(WITHOUT, mdStatus="1", ProcReturnCode="00", Response="Approved")
    assert not result.signature_valid
    assert judge(result)["outcome"] is Outcome.UNKNOWN


def test_a_success_whose_values_were_moved_is_no_refusal():
    """AuthCode 812345 of a success, moved behind mdStatus: the same bytes, a mdStatus that says no."""
    moved = callback(WITHOUT, mdStatus="8", cavv="1234500Approved1")
    assert judge(moved)["outcome"] is Outcome.UNKNOWN
