"""One answer names everything that is wrong with a body."""

import pytest

from billing.models import Payment
from tests.contracts.tmf.conftest import PLAIN, make_telco, rows


def message_of(answer):
    assert answer.status_code == 400, answer.content
    assert answer.json()["code"] == "24"
    return answer.json()["message"]


def named(answer):
    """The fields of the message."""
    return sorted(part.partition(": ")[0] for part in message_of(answer).split("; "))


def test_every_missing_attribute_is_named(telco, api):
    text = message_of(api.post(f"{PLAIN}/payment", {"description": "x"}))
    for name in ("account", "paymentMethod", "totalAmount"):
        assert f"Object missing required field `{name}`" in text


def test_every_wrong_shape_is_named(telco, api):
    body = telco.sample(
        account={"id": ""},
        totalAmount={"unit": "dollars", "value": 1},
        name=7,
        channel={"name": "x"},
        paymentItem=[telco.item(0, 1), {"item": {"id": 5}}, {"totalAmount": {"unit": "USD", "value": 1}}],
    )
    answer = api.post(f"{PLAIN}/payment", body)
    assert named(answer) == [
        "account.id", "channel", "name", "paymentItem[1].item.id", "paymentItem[2]", "totalAmount.unit",
    ]  # fmt: skip


def test_every_wrong_value_is_named(telco, api):
    stranger = make_telco(first_number=1)
    body = telco.sample(
        -1,
        amount={"unit": "EUR", "value": 1},
        taxAmount={"unit": "USD", "value": "x"},
        paymentMethod={"id": "nothing", "@type": "PaymentMethodRef", "@referredType": "bankCard"},
        paymentItem=[telco.item(0, "0.001"), stranger.item(0, 1), telco.item(0, 1)],
    )
    answer = api.post(f"{PLAIN}/payment", body)
    assert named(answer) == [
        "amount.unit", "paymentItem[0].totalAmount.value", "paymentItem[1].item.id", "paymentItem[2].item.id",
        "paymentMethod.id", "taxAmount.value", "totalAmount.value",
    ]  # fmt: skip
    assert not Payment.objects.exists()


def test_a_refund_names_all_too(telco, api):
    body = telco.sample(
        0, payment={"id": "x"}, refundDate="yesterday", paymentMethod={"id": "x", "@type": "Gold"}
    )
    assert named(api.post(f"{PLAIN}/refund", body)) == [
        "payment.id", "paymentMethod.@type", "refundDate", "totalAmount.value",
    ]  # fmt: skip


@pytest.mark.parametrize("value", [10**14, 10**30, "1e20", "100000000000000.00", 1e300])
def test_an_amount_that_is_too_large_says_so(telco, api, value):
    answer = api.post(f"{PLAIN}/payment", telco.sample(value))
    assert message_of(answer) == "totalAmount.value: At most 14 digits are possible before the decimal point."


def test_bills_of_two_accounts_are_not_paid_together(telco, api):
    stranger = make_telco(first_number=1)
    answer = api.post(
        f"{PLAIN}/payment", telco.cash(20, paymentItem=[telco.item(0, 10), stranger.item(0, 10)])
    )
    assert message_of(answer) == "paymentItem[1].item.id: The account has no such bill."
    made = rows(api.post(f"{PLAIN}/payment", telco.cash(20)))
    shares = [
        {"id": str(bill.number), "allocatedAmount": {"unit": "USD", "value": 5}}
        for bill in (telco.bills[0], stranger.bills[0])
    ]
    answer = api.post(f"{PLAIN}/paymentAllocation", {"paymentId": made["id"], "bill": shares})
    assert message_of(answer) == "bill[1].item.id: The account has no such bill."
    stranger.bills[0].refresh_from_db()
    assert stranger.bills[0].paid_amount == 0
