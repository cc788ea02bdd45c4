"""A statement of many lines: what is looked up for each line is an index's work. Without, the list of differences of
100,000 lines was not seen to finish.
"""

import json

import pytest
from django.db import connection

from billing.models import StatementLine, StatementMatch
from billing.statements.differences import find_differences
from billing.statements.matching import match_lines
from tests.billing.statements.test_desk import desk, load, row_of  # noqa: F401  `desk` is a fixture
from tests.support.many import KEYS, copy_rows

COUNT = 20_000


@pytest.fixture
def many(desk):  # noqa: F811  the fixture
    payment, bank = desk.payment, desk.agreement.bank
    load(desk, row_of(payment))
    match_lines(bank)
    copy_rows(payment, COUNT, order_id="'ORD' || n", host_reference="'R' || n", auth_code="'A' || n")
    for row in (payment.ledger.get(), payment.expected_payouts.get()):
        copy_rows(row, COUNT, payment_id=f"{KEYS} + n")
    copy_rows(
        StatementLine.objects.get(), COUNT, order_id="'ORD' || n", line="n + 10", fingerprint="md5(n::text)"
    )
    copy_rows(StatementMatch.objects.get(), COUNT, line_id=f"{KEYS} + n", entry_id=f"{KEYS} + n")
    return bank


def test_nothing_reads_a_table_for_each_line(many):
    explained = Explained()
    with connection.execute_wrapper(explained):
        assert find_differences(many) == 0
    [plan] = explained.plans
    again = [node for node in nodes(plan) if node.get("Parent Relationship") == "SubPlan"]
    assert len(again) > 5
    assert [
        node["Relation Name"] for part in again for node in nodes(part) if node["Node Type"] == "Seq Scan"
    ] == []


class Explained:
    """Explains the query of the differences before it runs."""

    def __init__(self):
        self.plans = []

    def __call__(self, execute, sql, params, many, context):
        if sql.lstrip().startswith("CREATE TEMP TABLE found_difference"):
            cursor = context["cursor"]
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
            [told] = cursor.fetchone()
            self.plans.append((told if isinstance(told, list) else json.loads(told))[0]["Plan"])
        return execute(sql, params, many, context)


def nodes(plan):
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)
