"""`paymentAllocation`: the same request twice allocates once."""

import pytest

from billing.models import Allocation, AllocationClientReferences
from tests.contracts.tmf.conftest import BRM, rows, telco_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def body(telco, api):
    paid = rows(api.post(f"{BRM}/payment", telco.cash(100)))
    share = {"id": str(telco.bills[0].number), "allocatedAmount": {"unit": "USD", "value": 10}}
    return {"paymentId": paid["id"], "bill": [share], "correlatorId": "run-1"}


def test_a_repeated_correlator_answers_the_first_allocation(body, api):
    first = api.post(f"{BRM}/paymentAllocation", body)
    again = api.post(f"{BRM}/paymentAllocation", body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert rows(first) == rows(again)
    assert Allocation.objects.count() == 1


def test_another_body_is_409(body, api):
    api.post(f"{BRM}/paymentAllocation", body)
    share = {**body["bill"][0], "allocatedAmount": {"unit": "USD", "value": 11}}
    answer = api.post(f"{BRM}/paymentAllocation", {**body, "bill": [share]})
    assert (answer.status_code, answer.json()["code"]) == (409, "payment_100_13")
    assert Allocation.objects.count() == 1


def test_without_one_each_request_allocates(body, api):
    for correlator in (None, None):
        assert api.post(f"{BRM}/paymentAllocation", {**body, "correlatorId": correlator}).status_code == 201
    assert Allocation.objects.count() == 2


def test_a_correlator_belongs_to_its_client(body, api):
    api.post(f"{BRM}/paymentAllocation", body)
    assert telco_client("other").post(f"{BRM}/paymentAllocation", body).status_code == 201
    assert Allocation.objects.count() == 2


def test_a_refused_allocation_does_not_use_it_up(body, api):
    share = {**body["bill"][0], "allocatedAmount": {"unit": "USD", "value": 1000}}
    assert api.post(f"{BRM}/paymentAllocation", {**body, "bill": [share]}).status_code in (400, 409)
    assert not AllocationClientReferences.objects.exists()
    assert api.post(f"{BRM}/paymentAllocation", body).status_code == 201
