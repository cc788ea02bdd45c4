"""Cases are worked on: owner, due day, comments, the next step; and banks are asked about many payments at once."""

from datetime import timedelta

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import ProgrammingError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from billing import tasks
from billing.models import Case, CaseComment, Payment, PaymentAttempt
from billing.services import case_work
from billing.states import PAYMENT_MOVES
from config.kit.lib.days import today
from tests.support.factories import UserFactory
from tests.support.pages import found, list_url, page_url, press

UNREADABLE = "4111111111111053"


@pytest.fixture(autouse=True)
def _no_other_jobs(transactional_db):
    """Jobs are not emptied with the other tables."""
    ProcrastinateJob.objects.all()._raw_delete("default")


@pytest.fixture
def pages(finn, browser):
    return browser(finn)


@pytest.fixture
def case(shop):
    return Case.objects.create(payment=shop.charge(UNREADABLE).payment, summary="Asked 7 times.")


def assign(pages, case, owner, due="", seen=None):
    return press(pages, case, "assign", owner=getattr(owner, "pk", ""), due_on=due, seen_owner=seen or "")


def test_somebody_takes_a_case_until_a_day(pages, finn, case):
    assert pages.get(page_url(case, "assign")).context["form"].initial["owner"] == finn.pk
    assert "finn works on the case" in assign(pages, case, finn, today()).content.decode()
    assert (case.owner, case.due_on) == (finn, today())
    assert found(pages, Case, owner="me") == [case]
    assert found(pages, Case, owner="nobody") == []
    assert found(pages, Case, due="today") == [case]


def test_two_people_do_not_take_a_case_from_each_other_unseen(pages, ada, finn, case):
    assign(pages, case, finn)
    page = assign(pages, case, ada)  # opened before
    assert "now belongs to finn" in page.content.decode()
    assert case.owner == finn
    assign(pages, case, ada, seen=finn.pk)
    assert case.owner == ada


def test_only_those_who_may_work_on_cases_can_have_one(pages, aydin, case):
    gone = UserFactory(username="gone", role="Finance", is_active=False)
    for user in (aydin, gone):
        assert "owner" in assign(pages, case, user).context["form"].errors
    assert case.owner is None


def test_what_is_overdue_is_found(pages, case):
    Case.objects.filter(pk=case.pk).update(due_on=today() - timedelta(days=1))
    assert found(pages, Case, due="late") == [case]
    assert found(pages, Case, due="later") == []


def test_comments_are_kept_as_they_were_written(pages, finn, case):
    press(pages, case, "comment", text="Called the bank, they <b>look</b>.")
    page = pages.get(page_url(case)).content.decode()
    assert "they &lt;b&gt;look&lt;/b&gt;" in page
    assert CaseComment.objects.get().author == finn
    assert "Called the bank, they &lt;b&gt;" in pages.get(page_url(case.payment)).content.decode()
    for change in (lambda rows: rows.update(text="x"), lambda rows: rows.delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change(CaseComment.objects.all())


def test_no_card_number_is_commented(pages, case):
    page = press(pages, case, "comment", text="It was 4111 1111 1111 1111")
    assert "text" in page.context["form"].errors
    assert not CaseComment.objects.exists()


def test_nothing_is_added_to_a_closed_case(pages, finn, case):
    press(pages, case, "close")
    assert "already closed" in press(pages, case, "comment", text="x").content.decode()
    assert "already closed" in assign(pages, case, finn).content.decode()


def test_the_page_says_what_to_do_and_what_to_tell(pages, case):
    page = pages.get(page_url(case)).content.decode()
    assert "Ask the bank." in page
    assert "Please do not pay again." in page


@pytest.mark.parametrize("state", PAYMENT_MOVES)
def test_every_state_has_a_next_step(state):
    step = case_work.next_step(Payment(state=state, amount=1, captured_amount=1, currency="TRY"))
    assert step.do
    assert step.tell
    assert "can pay again" not in step.tell
    assert "othing was charged" not in step.tell  # nobody knows while the case is open


def test_readers_may_do_none_of_it(aydin, browser, case):
    auditor = browser(aydin)
    for action in ("assign", "comment"):
        assert auditor.get(page_url(case, action)).status_code == 403
    ask(auditor, [case], Case, reason="x")
    assert not jobs()


def ask(pages, rows, model=Payment, **data):
    chosen = {"action": "ask_banks", ACTION_CHECKBOX_NAME: [row.pk for row in rows], "index": "0"}
    return pages.post(list_url(model), {**chosen, **data})


def jobs() -> list[dict]:
    rows = ProcrastinateJob.objects.filter(task_name="billing.query_status").order_by("pk")
    return list(rows.values_list("args", flat=True))


def test_banks_are_asked_by_workers_and_not_by_the_page(pages, finn, case):
    page = ask(pages, [case.payment])
    assert dict(page.context["facts"])["Payments"] == 1
    assert not jobs()
    before = PaymentAttempt.objects.count()
    ask(pages, [case.payment], reason="The customer called")
    asked = {"payment_id": case.payment_id, "user_id": finn.pk, "note": "The customer called"}
    assert jobs() == [asked]
    assert PaymentAttempt.objects.count() == before
    tasks._query_status(case.payment_id, user_id=finn.pk, note="The customer called")
    attempt = PaymentAttempt.objects.latest("pk")
    assert (attempt.operation, attempt.requested_by) == ("status", finn)
    assert attempt.details["note"] == "The customer called"


def test_a_payment_is_queued_once_however_often_it_is_chosen(pages, case):
    for _press in range(3):
        ask(pages, [case.payment], reason="x")
    assert len(jobs()) == 1


def test_the_payments_of_cases_are_asked_about_from_their_list(pages, case):
    about_nothing = Case.objects.create(summary="Card numbers are stored.")
    ask(pages, [case, about_nothing], Case, reason="x")
    assert [job["payment_id"] for job in jobs()] == [case.payment_id]


@pytest.mark.parametrize("reason", ["", "4111 1111 1111 1111"])
def test_a_reason_is_needed_and_holds_no_card_number(pages, case, reason):
    page = ask(pages, [case.payment], reason=reason)
    assert page.status_code == 400 or page.context["form"].errors
    assert not jobs()
