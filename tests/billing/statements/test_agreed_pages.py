"""Plans at the desk, in files and in the API."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.importing.commission_plans import COLUMNS, import_commission_plans
from billing.models import CommissionPlan
from tests.billing.statements.world import agree, plan_for
from tests.conftest import client_of
from tests.support.factories import CardTypeFactory, UserFactory
from tests.support.files import csv_file, lines

COST = {"bin": "411111", "currency": "TRY", "amount": "215,40", "installments": "3"}


def load(shop, *rows: str):
    return import_commission_plans(channel=shop.channel, file=csv_file("\n".join([",".join(COLUMNS), *rows])))


def test_the_page_tells_what_a_card_would_cost(shop, browser, finn):
    plan_for(shop.pos, rate="1.5", value_rule="by_installment", value_days=30)
    agree(shop.pos)
    page = browser(finn).post(reverse("billing_admin:cost"), {**COST, "channel": shop.channel.pk})
    assert page.status_code == 200
    assert "3.23" in page.content.decode()  # 1.5 % of 215.40
    page = browser(finn).post(
        reverse("billing_admin:cost"), {**COST, "channel": shop.channel.pk, "currency": "USD"}
    )
    assert "No POS of this channel has a commission plan" in page.content.decode()


def test_only_who_sees_plans_asks_for_costs(shop, browser):
    assert browser(UserFactory()).get(reverse("billing_admin:cost")).status_code == 403


@pytest.mark.parametrize("model", ["commissionplan", "acquiringagreement", "bankday", "expectedpayout"])
def test_lists_and_forms_open(shop, browser, finn, model):
    plan_for(shop.pos)
    agree(shop.pos)
    shop.charge()
    page = browser(finn)
    assert page.get(reverse(f"admin:billing_{model}_changelist")).status_code == 200
    if model != "expectedpayout":
        assert page.get(reverse(f"admin:billing_{model}_add")).status_code == 200


def test_what_is_exported_is_imported_again(shop, browser, finn):
    card_type = CardTypeFactory(channel=shop.channel)
    plan_for(
        shop.pos,
        rate="2.75",
        card_type=card_type,
        is_commercial=True,
        installments=3,
        valid_to=date(2026, 12, 31),
    )
    plan_for(shop.pos, rate="1", fixed_amount="0.1", value_rule="fixed_days", value_days=7)
    before = list(CommissionPlan.objects.order_by("pk").values_list(*COLUMNS))
    answer = browser(finn).get(reverse("admin:billing_commissionplan_export_csv"))
    text = b"".join(answer.streaming_content).decode()
    assert next(csv.reader(io.StringIO(text.lstrip("\ufeff")))) == list(COLUMNS)
    CommissionPlan.objects.all().delete()
    report = import_commission_plans(channel=shop.channel, file=csv_file(text))
    assert [status for _, _, status in lines(report)] == ["created", "created"]
    assert set(CommissionPlan.objects.values_list(*COLUMNS)) == set(before)
    report = import_commission_plans(channel=shop.channel, file=csv_file(text))
    assert [status for _, _, status in lines(report)] == ["exists", "exists"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("nobody,,,,,,TRY,2026-01-01,,2,,,,", "unknown POS"),
        ("{pos},nothing,,,,,TRY,2026-01-01,,2,,,,", "unknown card type"),
        ("{pos},,,,,,TRY,2026-01-01,,101,,,,", "rate is not a number in its range"),
        ("{pos},,,,,,TRY,2026-01-01,,-1,,,,", "rate is not a number in its range"),
        (
            "{pos},,,,,,TRY,2026-01-01,,2,0.001,,,",
            "fixed_amount has too many decimal places for its currency",
        ),
        ("{pos},,,,,,TRY,2026-01-01,2025-12-31,2,,,,", "valid_to is before valid_from"),
        ("{pos},,,,,,TRY,01.02.2026,,2,,,,", "valid_from is not a date like 2026-01-31"),
        ("{pos},,,perhaps,,,TRY,2026-01-01,,2,,,,", "is_commercial is not true or false"),
        ("{pos},,,,,,TRY,2026-01-01,,2,,someday,,", "value_rule is none of"),
        ("{pos},,,,,,QQQ,2026-01-01,,2,,,,", "currency is none of"),
        ("{pos},,,,,9,TRY,2026-06-01,,2,,,,", "another plan for the same sales is valid in this time"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused(shop, row, reason):
    plan_for(shop.pos, installments=9)
    ((_, _, status),) = lines(load(shop, row.format(pos=shop.pos.slug)))
    assert status.startswith("invalid: ")
    assert reason in status
    assert CommissionPlan.objects.count() == 1


def test_of_two_rows_for_the_same_time_the_first_counts(shop):
    rows = [f"{shop.pos.slug},,,,,,TRY,2026-01-01,,{rate},,,," for rate in (1, 2)]
    assert [status.partition(":")[0] for _, _, status in lines(load(shop, *rows))] == ["created", "invalid"]
    assert CommissionPlan.objects.get().rate == 1


def test_the_api_reads_writes_and_compares(shop, finn):
    client = client_of(finn)
    plan = {"pos": shop.pos.pk, "valid_from": "2026-01-01", "rate": "2.5", "currency": "TRY"}
    made = client.post("/api/v1/commission_plans/", plan, format="json")
    assert made.status_code == 201, made.json()
    assert client.post("/api/v1/commission_plans/", plan, format="json").status_code == 400
    query = {"channel": shop.channel.pk, "bin": "411111", "amount": "100"}
    (cost,) = client.get("/api/v1/commission_plans/cost/", query).json()
    assert Decimal(cost["commission"]) == Decimal("2.50")
    assert cost["pos"] == shop.pos.pk
    assert client_of(UserFactory()).get("/api/v1/commission_plans/").status_code == 403
