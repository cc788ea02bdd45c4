"""Payments by BRM's words of a status, and lists in the order of whatever has a column."""

import pytest

from billing.contracts.tmf.tmf676 import queries
from tests.contracts.tmf.conftest import PLAIN, rows


def test_brms_words_of_a_status(telco, api):
    """`Unallocated` is the one that BRM's page of queries prints."""
    on_a_bill = rows(api.post(f"{PLAIN}/payment", telco.cash(10, paymentItem=[telco.item(0, 10)])))["id"]
    in_part = rows(api.post(f"{PLAIN}/payment", telco.cash(10, paymentItem=[telco.item(0, 4)])))["id"]
    back = rows(api.post(f"{PLAIN}/payment", telco.sample(10)))["id"]
    assert api.post(f"{PLAIN}/refund", telco.sample(10, payment={"id": back})).status_code == 201

    def found(word):
        return [row["id"] for row in rows(api.get(f"{PLAIN}/payment?@type=PaymentOracle&status={word}"))]

    assert found("Unallocated") == [in_part]
    assert found("Allocated") == [on_a_bill]
    assert found("Reversed") == [back]
    assert found("Unallocated,Reversed") == [in_part, back]
    assert found("captured") == [on_a_bill, in_part, back]
    assert api.get(f"{PLAIN}/payment?status=Lost").status_code == 400


@pytest.mark.parametrize("name", sorted(queries.PAYMENT.sorts))
def test_payments_are_sorted_by_whatever_has_a_column(name, telco, api):
    for number in (2, 1, 3):
        party = {"id": f"p{number}", "@referredType": "x"}
        amounts = {"amount": {"unit": "USD", "value": number}, "taxAmount": {"unit": "USD", "value": number}}
        body = telco.cash(number, name=f"n{number}", description=f"d{number}", payer=party, **amounts)
        body |= {
            "correlatorId": f"c{number}",
            "channel": {"id": f"x{number}"},
            "authorizationCode": f"a{number}",
        }
        assert api.post(f"{PLAIN}/payment", body).status_code == 201
    up, down = (rows(api.get(f"{PLAIN}/payment?sort={sign}{name}")) for sign in ("", "-"))
    if name in ("id", "href", "paymentDate", "statusDate"):
        assert [row["name"] for row in up] == ["n2", "n1", "n3"]
    elif not name.startswith("account") and name != "totalAmount.unit":
        assert [row["name"] for row in up] == ["n1", "n2", "n3"]
        assert [row["name"] for row in down] == ["n3", "n2", "n1"]


@pytest.mark.parametrize("name", sorted(queries.REFUND.sorts))
def test_refunds_are_sorted_by_whatever_has_a_column(name, telco, api):
    assert rows(api.get(f"{PLAIN}/refund?sort=-{name}&limit=5")) == []
    assert rows(api.get(f"{PLAIN}/refund?sort={name}&limit=5")) == []
