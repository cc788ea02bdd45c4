"""A large table of payments: every filter that is offered is answered by an index."""

import pytest
from django.db import connection

from billing.contracts.tmf.tmf630.query import parse_query
from billing.contracts.tmf.tmf630.resource import apply_query
from billing.contracts.tmf.tmf676 import queries
from billing.models import Payment, Refund
from tests.contracts.tmf.conftest import PLAIN, make_telco, telco_client
from tests.support.database import shared_rows
from tests.support.many import KEYS, copy_rows, many_payments

ROWS = 60_000

PAYMENT_QUERIES = {
    "id": f"id=0.0.0.1%2B-item-payment%2B{KEYS + 7}",
    "href": f"href=http://x/payment/0.0.0.1%2B-item-payment%2B{KEYS + 7}",
    "authorizationCode": "authorizationCode=A777",
    "correlatorId": "correlatorId=run-777",
    "description": "description=Text%20777",
    "name": "name=Name%20777",
    "status": "status=denied",
    "statusDate": "statusDate.lt=2026-01-01",
    "paymentDate": "paymentDate.lt=2026-01-01",
    "account.id": "account.id=N-77",
    "account.name": "account.name=Customer%2077",
    "channel.id": "channel.id=channel-777",
    "payer.id": "payer.id=party-777",
    "paymentMethod.id": "paymentMethod.id=till%20777",
    "paymentItem.item.id": "paymentItem.item.id=1000777",
    "totalAmount.value": "totalAmount.value.gt=599.9",
    "totalAmount.unit": "totalAmount.unit=EUR",
    "amount.value": "amount.value=7.77",
    "taxAmount.value": "taxAmount.value.lt=0.1",
}
MORE = [
    "authorizationCode.regex=^A7777", "correlatorId.regex=^run-7777", "description.regex=^Text%207777",
    "name.regex=^Name%207777", "account.name.regex=^Customer%20777", "sort=-paymentDate", "sort=statusDate",
    "sort=-totalAmount.value", "sort=-id", "", "account.id=N-77&status=captured&sort=-paymentDate",
]  # fmt: skip
REFUND_QUERIES = {
    "id": f"id=0.0.0.1%2B-item-refund%2B{KEYS + 7}",
    "href": f"href=x/0.0.0.1%2B-item-refund%2B{KEYS + 7}",
    "refundDate": "refundDate.lt=2026-01-01",
    "payment.id": f"payment.id=0.0.0.1%2B-item-payment%2B{KEYS + 7}",
    "requestor.id": "requestor.id=party-777",
    "correlatorId": "correlatorId=run-777",
    "description": "description=Text%20777",
    "name": "name=Name%20777",
    "status": "status=canceled",
    "statusDate": "statusDate.lt=2026-01-01",
    "account.id": "account.id=N-77",
    "account.name": "account.name=Customer%2077",
    "channel.id": "channel.id=channel-777",
    "paymentMethod.id": "paymentMethod.id=till%20777",
    "totalAmount.value": "totalAmount.value.gt=599.9",
    "totalAmount.unit": "totalAmount.unit=EUR",
    "amount.value": "amount.value=7.77",
    "taxAmount.value": "taxAmount.value.lt=0.1",
}


def make_many() -> None:
    telco = make_telco()
    client = telco_client("teller")
    sent = {"correlatorId": "c", "payer": {"id": "p", "@referredType": "x"}, "channel": {"id": "c"}}
    client.post(f"{PLAIN}/payment", telco.cash(30, paymentItem=[telco.item(0, 30)], **sent))
    client.post(
        f"{PLAIN}/refund", telco.cash(1, payment={"id": f"0.0.0.1+-item-payment+{Payment.objects.get().pk}"})
    )
    many_payments(Payment.objects.get(), ROWS)
    refund = Refund.objects.get()
    dates = "now() - n * interval '1 minute'"
    copy_rows(
        refund,
        ROWS,
        payment_id=f"{KEYS} + n",
        created_date=dates,
        modified_date=dates,
        amount="(n % 100000 + 1) / 100.0",
        state="CASE WHEN n % 1000 = 0 THEN 'rejected' ELSE 'done' END",
    )
    copy_rows(
        refund.client_references,
        ROWS,
        correlator_id="'run-' || n",
        name="'Name ' || n",
        description="'Text ' || n",
        channel="jsonb_build_object('id', 'channel-' || n)",
        party="jsonb_build_object('id', 'party-' || n)",
        amount="(n % 100000 + 1) / 100.0",
        tax_amount="(n % 100000) / 100.0",
    )


@pytest.fixture(scope="module")
def many(django_db_setup, django_db_blocker):
    with shared_rows(django_db_blocker):
        make_many()
        yield


def plan_of(rows, resource, text):
    found = apply_query(rows, parse_query(text), resource).values_list("pk", flat=True)[:100]
    sql, parameters = found.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_every_filter_of_payments_is_an_index_look_up(many, db):
    assert set(PAYMENT_QUERIES) == set(queries.PAYMENT.filters)
    for text in [*PAYMENT_QUERIES.values(), *MORE]:
        plan = plan_of(queries.PAYMENTS, queries.PAYMENT, text)
        assert "Seq Scan on billing_payment" not in plan, (text, plan)
        assert "Index" in plan, (text, plan)


def test_every_filter_of_refunds_is_an_index_look_up(many, db):
    assert set(REFUND_QUERIES) == set(queries.REFUND.filters)
    for text in REFUND_QUERIES.values():
        plan = plan_of(queries.REFUNDS, queries.REFUND, text)
        assert "Seq Scan on billing_refund" not in plan, (text, plan)
        assert "Index" in plan, (text, plan)


def test_a_regular_expression_that_takes_too_long_is_the_clients_fault(many, api, monkeypatch):
    from billing.contracts.tmf.tmf630 import lists

    monkeypatch.setattr(lists, "REGEX_MILLISECONDS", 1)
    response = api.get(f"{PLAIN}/payment?limit=5&description.regex=(x%2B)%2By")
    assert (response.status_code, response.json()["code"]) == (400, "28")
