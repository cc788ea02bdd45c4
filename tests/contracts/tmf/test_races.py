"""Two clients at the same moment, on live connections."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from billing.models import Bill, Payment, Refund
from tests.contracts.tmf.conftest import PLAIN, make_telco, rows, telco_client


@pytest.fixture
def telco(transactional_db):
    return make_telco()


def together(count, ask):
    """The answers of `ask(client, number)` of so many clients that start at once."""
    clients = [telco_client(f"client-{number}") for number in range(count)]
    barrier = threading.Barrier(count)

    def one(number):
        try:
            barrier.wait(10)
            return ask(clients[number], number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.mark.parametrize("how", ["sample", "cash"])
@pytest.mark.parametrize("named", [True, False])
def test_of_two_refunds_of_60_on_100_one_is_made(telco, how, named):
    paid = rows(telco_client().post(f"{PLAIN}/payment", getattr(telco, how)(100)))
    body = telco.sample(60) | ({"payment": {"id": paid["id"]}} if named else {})
    answers = together(2, lambda client, number: client.post(f"{PLAIN}/refund", body))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert Refund.objects.count() == 1
    assert Payment.objects.get().refunded_amount == 60


@pytest.mark.parametrize("how", ["sample", "cash"])
def test_a_correlator_asked_four_times_at_once_is_one_payment(telco, how):
    client = telco_client()
    body = getattr(telco, how)(10, correlatorId="same")

    def ask(_other, number):
        return client.post(f"{PLAIN}/payment", body)

    answers = [rows(answer) for answer in together(4, ask)]
    assert len({answer["id"] for answer in answers}) == 1
    assert Payment.objects.count() == 1


def test_money_is_put_to_bills_once(telco):
    paid = rows(telco_client().post(f"{PLAIN}/payment", telco.cash(30)))

    def ask(client, number):
        share = {"id": str(848081 + number), "allocatedAmount": {"unit": "USD", "value": 20}}
        return client.post(f"{PLAIN}/paymentAllocation", {"paymentId": paid["id"], "bill": [share]})

    answers = together(2, ask)
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert Payment.objects.get().allocated_amount == 20


def test_a_credit_is_refunded_or_put_to_a_bill(telco):
    paid = rows(telco_client().post(f"{PLAIN}/payment", telco.cash(20)))

    def ask(client, number):
        if number:
            return client.post(f"{PLAIN}/refund", telco.sample(20))
        share = {"id": "848081", "allocatedAmount": {"unit": "USD", "value": 20}}
        return client.post(f"{PLAIN}/paymentAllocation", {"paymentId": paid["id"], "bill": [share]})

    answers = together(2, ask)
    assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_a_bill_is_paid_once(telco):
    body = telco.cash(30, paymentItem=[telco.item(0, 30)])
    answers = together(4, lambda client, number: client.post(f"{PLAIN}/payment", body))
    codes = sorted(answer.status_code for answer in answers)
    assert codes[0] == 201
    assert all(400 <= code < 500 for code in codes[1:])
    assert Bill.objects.get(number=848081).paid_amount == 30


def test_an_allocation_asked_four_times_at_once_is_one(telco):
    client = telco_client()
    paid = rows(client.post(f"{PLAIN}/payment", telco.cash(100)))
    share = {"id": "848081", "allocatedAmount": {"unit": "USD", "value": 5}}
    body = {"paymentId": paid["id"], "bill": [share], "correlatorId": "same"}
    answers = together(4, lambda _other, number: client.post(f"{PLAIN}/paymentAllocation", body))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert Payment.objects.get().allocated_amount == 5
