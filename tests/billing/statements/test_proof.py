"""A day at three banks whose lists are wrong: all that they got wrong is found and named, nothing that is right."""

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.models import Difference, Operation, StatementLine, StatementMatch
from billing.services.refund import refund_payment
from billing.statements.commissions import list_overcharged
from billing.statements.loading import load_statement
from billing.statements.runs import reconcile_bank, reconcile_statements
from billing.states import PaymentState
from config.kit.lib.days import today
from tests.billing.statements.world import agree, layout_for, plan_for
from tests.billing.test_banks import bank, charge, shop_at  # noqa: F401  `bank` is a fixture
from tests.support.bank import statements
from tests.support.bank.statements import Row, Terms
from tests.support.factories import BankFactory, BillFactory

KINDS = {
    "missing": "with_us_only",
    "doubled": "double_line",
    "booked_twice": "double_line",
    "amount": "amount",
    "commission": "commission",
    "late": "value_date",
    "stranger": "at_bank_only",
    "other_terminal": "unknown_terminal",
}
TERMS = {
    "garanti": Terms("30691297", "1.79"),
    "nestpay": Terms("100100000", "2.35", days_each=30),
    "iyzico": Terms("merchant-1", "2.9", cites_sale=True),
}


@pytest.fixture(params=sorted(TERMS))
def day(request, transactional_db, bank, settings):  # noqa: F811  the fixture
    bank.reset()
    settings.IN_FLIGHT_SECONDS = 0
    settings.GATEWAY_TIMEOUT_SECONDS = 2
    return Day(request.param, bank)


class Day:
    """Payments of one bank's POS, and the list that the bank writes of them."""

    def __init__(self, name, simulator):
        self.name, self.simulator, self.terms = name, simulator, TERMS[name]
        self.shop = shop_at(name, simulator)
        self.acquirer = BankFactory(channel=self.shop.channel)
        self.agreement = agree(self.shop.pos, bank=self.acquirer, terminal_number=self.terms.terminal)
        by_installment = bool(self.terms.days_each)
        plan_for(
            self.shop.pos,
            rate=self.terms.rate,
            value_rule="by_installment" if by_installment else "next_working_day",
            value_days=self.terms.days_each,
        )
        self.layout = layout_for(name, self.acquirer)

    def pay(self, amount: str, **more):
        """Cash sales have their value date, too, so many days after the sale as an only installment."""
        self.shop.bills = [BillFactory(subscription=self.shop.subscription, amount=amount)]
        return charge(self.shop, **more).payment

    def rows(self) -> list[Row]:
        return statements.rows_of(list(self.simulator.books().values()), self.terms, today())

    def load(self, rows: list[Row], **more):
        file = io.BytesIO(statements.SHAPES[self.name](rows))
        days = {"first_day": today(), "last_day": today(), **more}
        return load_statement(self.layout, file=file, name="day", user_id=None, **days)

    def reconcile(self):
        return reconcile_statements(self.acquirer)


def busy(day) -> list:
    """Ten payments of all sorts; one answer was lost, one is refunded in part, one is void."""
    payments = [day.pay(f"{100 + number}.{number}5") for number in range(6)]
    payments += [day.pay("300", installments=3), day.pay("100.01", installments=3)]
    refund_payment(payments[5], amount=None, reason="A void", user_id=None, kind="void")
    day.simulator.settle()
    refund_payment(payments[0], amount=Decimal("40.05"), reason="A refund", user_id=None)
    refund_payment(payments[0], amount=Decimal("10"), reason="Another", user_id=None)
    return payments


def open_differences() -> list[tuple[str, str]]:
    """Each with the order, or where the list has none with the reference, of its line or payment."""
    found = Difference.objects.filter(closed_at=None).select_related("line", "payment")
    return sorted((item.kind, name_of(item.line) if item.line else item.payment.order_id) for item in found)


def name_of(line: StatementLine) -> str:
    return line.order_id or line.host_reference


def test_a_list_without_a_fault_leaves_nothing_to_do(day):
    payments = busy(day)
    assert all(payment.captured_amount == payment.amount for payment in payments)
    loaded = day.load(day.rows())
    day.reconcile()
    assert open_differences() == []
    assert loaded.created == StatementLine.objects.count() == len(day.rows())
    assert StatementMatch.objects.count() == loaded.created


def test_all_that_the_bank_got_wrong_is_found_and_nothing_else(day):
    busy(day)
    victims = {fault: day.pay(f"{200 + number}") for number, fault in enumerate(sorted(KINDS))}
    rows, expected = [], []
    by_order = {payment.order_id: fault for fault, payment in victims.items()}
    for row in day.rows():
        fault = by_order.get(row.order_id)
        spoilt = statements.FAULTS[fault](row) if fault else [row]
        rows += spoilt
        if fault:
            kind = KINDS[fault]
            if fault == "booked_twice" and day.name == "iyzico":
                kind = "at_bank_only"  # its list has no order ids: nothing tells that it is the same sale
            has_order = day.name != "iyzico" or not spoilt
            named = spoilt[-1] if spoilt else row
            expected.append((kind, named.order_id if has_order else named.reference))
    dropped = next(row for row in rows if row.gross == -4005)
    rows.remove(dropped)
    expected.append(("refund_not_sent", dropped.order_id))
    day.load(rows)
    day.reconcile()
    assert open_differences() == sorted(expected)


def test_a_second_run_changes_nothing(day):
    busy(day)
    day.load(day.rows()[:-2])
    first = day.reconcile()
    assert first.opened
    state = list(Difference.objects.order_by("pk").values())
    matches = list(StatementMatch.objects.order_by("pk").values())
    again = day.reconcile()
    assert (again.matched, again.booked, again.opened) == (0, 0, 0)
    assert list(Difference.objects.order_by("pk").values()) == state
    assert list(StatementMatch.objects.order_by("pk").values()) == matches


def test_a_line_that_comes_a_day_later_explains_the_difference(day):
    payment = day.pay("50")
    (row,) = day.rows()
    other = day.pay("60")
    day.load([item for item in day.rows() if item.order_id == other.order_id])
    day.reconcile()
    assert [kind for kind, _ in open_differences()] == ["with_us_only"]
    day.load([row])
    day.reconcile()
    assert open_differences() == []
    closed = Difference.objects.get()
    assert (closed.payment, closed.closed_by) == (payment, None)


def lose_a_sale(day, amount: str, **more):
    """The bank took it; its answer was lost, and so is what it is asked later."""
    if day.name == "iyzico":
        pytest.skip("Its list has no order ids.")
    day.simulator.fault("drop_after", operation="sale", times=1)
    payment = day.pay(amount, **more)
    assert payment.state == PaymentState.UNKNOWN
    day.simulator.fault("drop_before", operation="status")
    day.simulator.fault("drop_before", operation="history")
    return payment


def test_money_that_answer_and_question_missed_is_booked_from_the_list(day):
    payment = lose_a_sale(day, "75.50")
    day.load(day.rows())
    assert day.reconcile().booked == 1
    payment.refresh_from_db()
    assert payment.state == PaymentState.CAPTURED
    assert payment.attempts.filter(operation=Operation.STATEMENT).count() == 1
    assert open_differences() == []


@pytest.mark.parametrize("day", ["nestpay"], indirect=True)
def test_what_a_bank_rounds_in_each_installment_is_in_no_letter(day):
    """As in the list of differences: of three lines two may be a cent above the plan."""
    day.pay("100.01", installments=3)
    first, *others = day.rows()
    assert len(others) == 2
    day.load([first, *(replace(row, commission=row.commission + 1) for row in others)])
    day.reconcile()
    assert open_differences() == []
    assert list_overcharged([day.shop.pos.pk], today(), today()) == []


def test_the_desk_does_not_wait_for_the_bank(day, browser, finn):
    ProcrastinateJob.objects.all()._raw_delete("default")  # not emptied with the other tables
    payment = lose_a_sale(day, "75.50")
    tried = payment.attempts.count()
    client, url = browser(finn), reverse("billing_admin:statement_upload")
    file = SimpleUploadedFile("day.txt", statements.SHAPES[day.name](day.rows()))
    days = {"first_day": today().isoformat(), "last_day": today().isoformat()}
    checked = client.post(url, {"layout": day.layout.pk, "file": file, **days})
    client.post(url, {"token": checked.context["token"]})
    assert StatementLine.objects.count() == 1
    assert payment.attempts.count() == tried
    job = ProcrastinateJob.objects.get(task_name=reconcile_bank.name, status="todo")
    reconcile_bank(**job.args)
    payment.refresh_from_db()
    assert payment.state == PaymentState.CAPTURED
    assert open_differences() == []


def test_the_bank_is_asked_before_its_list_is_believed(day):
    payment = lose_a_sale(day, "75.50")
    day.simulator.control("faults", method="DELETE")
    day.load(day.rows())
    assert day.reconcile().booked == 1
    payment.refresh_from_db()
    assert payment.state == PaymentState.CAPTURED
    assert not payment.attempts.filter(operation=Operation.STATEMENT).exists()


def test_a_list_alone_books_no_more_than_one_person_may_settle(day):
    channel = day.shop.channel
    channel.conf = {**channel.conf, "refund_limit": 50}
    channel.save()
    payment = lose_a_sale(day, "75.50")
    day.load(day.rows())
    assert [day.reconcile().booked, day.reconcile().booked] == [0, 0]
    payment.refresh_from_db()
    assert payment.state == PaymentState.UNKNOWN
    assert "takes two people" in payment.cases.get().summary
    assert open_differences() == [("at_bank_only", payment.order_id)]
