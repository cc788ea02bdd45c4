"""Each rule of matching: what it matches, and what it leaves because there is a choice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection

from billing.models import Difference, MatchRule, StatementLine, StatementMatch
from billing.services.refund import refund_payment
from billing.statements.matching import rules
from billing.statements.runs import reconcile_statements
from billing.statements.suggestions import suggest
from config.kit.lib.days import today
from tests.billing.statements.test_desk import desk, load, row_of  # noqa: F401  `desk` is a fixture
from tests.support.bank import statements
from tests.support.factories import BillFactory
from tests.support.pages import page_url

BARE = {"order_id": "", "reference": "", "auth_code": "", "card": ""}


def pay(shop, amount="215.40"):
    shop.bills = [BillFactory(subscription=shop.subscription, amount=amount)]
    return shop.charge().payment


def run(shop):
    return reconcile_statements(shop.agreement.bank)


def matched() -> list[tuple[str, str]]:
    """Basis and order of each match."""
    found = StatementMatch.objects.filter(ended_at=None).select_related("rule", "entry__payment")
    return sorted((match.rule.basis, match.entry.payment.order_id) for match in found)


def kinds() -> list[str]:
    return sorted(Difference.objects.filter(closed_at=None).values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("told", "basis"),
    [
        (("order_id", "reference", "auth_code", "card"), "order_id"),
        (("reference", "card"), "bank_reference"),
        (("auth_code",), "auth_code"),
        (("card",), "card"),
    ],
    ids=["order", "reference", "auth-code", "card"],
)
def test_a_line_is_found_by_the_best_that_it_tells(desk, told, basis):  # noqa: F811  the fixture
    load(desk, row_of(desk.payment, **{name: "" for name in BARE if name not in told}))
    run(desk)
    assert matched() == [(basis, desk.payment.order_id)]
    assert kinds() == []


def test_two_sales_that_look_alike_are_left_to_a_person(desk):  # noqa: F811  the fixture
    other = pay(desk)
    card = desk.payment.masked_card
    assert other.masked_card == card
    load(desk, row_of(desk.payment, **{**BARE, "card": card}))
    run(desk)
    assert matched() == []
    assert kinds() == ["at_bank_only", "with_us_only", "with_us_only"]
    line = StatementLine.objects.get()
    assert {entry.payment for entry in suggest(line)} == {desk.payment, other}


def test_a_person_matches_by_one_click_on_a_suggestion(desk, browser, finn):  # noqa: F811  the fixture
    load(desk, row_of(desk.payment, **BARE))
    run(desk)
    line = StatementLine.objects.get()
    client = browser(finn)
    url = f"{page_url(line).removesuffix('change/')}match/"
    page = client.get(url)
    assert page.status_code == 200, url
    form = page.context["form"]
    data = {"entry": form.initial["entry"], "reason": "The only one", "idempotency_key": "one-click"}
    assert client.post(url, data).status_code == 302
    match = StatementMatch.objects.get()
    assert (match.rule, match.matched_by, match.reason) == (None, finn, "The only one")
    assert kinds() == []


@pytest.mark.parametrize(("days", "found"), [(1, True), (2, False)])
def test_the_day_may_differ_by_as_much_as_the_rule_says(desk, days, found):  # noqa: F811  the fixture
    day = today() - timedelta(days=days)
    row = row_of(desk.payment, **{**BARE, "card": desk.payment.masked_card, "day": day})
    load(desk, row, first_day=day)
    run(desk)
    assert (matched() == [("card", desk.payment.order_id)]) is found


def test_a_tolerance_is_a_rules_own(desk):  # noqa: F811  the fixture
    rules()
    MatchRule.objects.filter(basis="order_id").update(tolerance=Decimal("0.05"))
    load(desk, row_of(desk.payment, gross=21536, commission=431))
    run(desk)
    assert kinds() == []


def test_a_sale_less_its_refund_in_one_line_is_both(desk):  # noqa: F811  the fixture
    refund_payment(desk.payment, amount=Decimal("15.40"), reason="Part", user_id=None)
    load(desk, row_of(desk.payment, gross=20000, commission=400))
    run(desk)
    assert matched() == [("netted", desk.payment.order_id)] * 2
    assert kinds() == []


def test_a_refund_of_another_amount_is_the_only_one_left(desk):  # noqa: F811  the fixture
    refund_payment(desk.payment, amount=Decimal("15.40"), reason="Part", user_id=None)
    refund = row_of(desk.payment, reference="R1", gross=-1500, commission=0)
    load(desk, row_of(desk.payment), refund)
    run(desk)
    assert kinds() == ["amount"]
    assert Difference.objects.get().amount == Decimal("-0.40")


def test_a_refund_that_the_bank_made_alone_is_work(desk):  # noqa: F811  the fixture
    load(desk, row_of(desk.payment), row_of(desk.payment, reference="R1", gross=-500, commission=0))
    run(desk)
    assert kinds() == ["at_bank_only"]


def test_lists_in_another_order_give_the_same(desk):  # noqa: F811  the fixture
    other = pay(desk, "89.90")
    rows = [row_of(desk.payment, commission=999), row_of(other, commission=180)]
    for row in reversed(rows):
        load(desk, row)
    run(desk)
    assert matched() == sorted(("order_id", payment.order_id) for payment in (desk.payment, other))
    assert kinds() == ["commission"]


def test_a_rule_that_is_off_matches_nothing(desk):  # noqa: F811  the fixture
    rules()
    MatchRule.objects.update(is_active=False)
    load(desk, row_of(desk.payment))
    assert run(desk).matched == 0


def test_the_command_loads_matches_and_tells(desk, tmp_path, capsys):  # noqa: F811  the fixture
    file = tmp_path / "day.csv"
    file.write_bytes(statements.garanti([row_of(desk.payment)]))
    names = {"channel": desk.channel.slug, "bank": desk.agreement.bank.slug, "layout": desk.layout.name}
    call_command("load_statement", str(file), **names, since=today(), until=today(), dry_run=True)
    assert not StatementLine.objects.exists()
    call_command("load_statement", str(file), **names, since=today(), until=today())
    assert "1 matches, 0 booked, 0 new differences." in capsys.readouterr().out


def together(work, count: int = 3) -> list:
    """`work` in so many threads, each with a connection of its own. What each returned or raised."""
    start = Barrier(count)

    def one():
        try:
            start.wait(timeout=30)
            return work()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(one) for _ in range(count)]]


def test_runs_at_the_same_time_find_each_thing_once(desk):  # noqa: F811  the fixture
    pay(desk, "89.90")
    load(desk, row_of(desk.payment, commission=999))
    bank = desk.agreement.bank
    found = together(lambda: reconcile_statements(bank))
    assert sorted(item.opened for item in found) == [0, 0, 2]
    assert matched() == [("order_id", desk.payment.order_id)]
    assert kinds() == ["commission", "with_us_only"]


def test_a_file_that_is_loaded_twice_at_once_is_one_statement(desk):  # noqa: F811  the fixture
    row = row_of(desk.payment)
    found = together(lambda: load(desk, row))
    assert sorted(item.is_new for item in found) == [False, False, True]
    assert StatementLine.objects.count() == 1
