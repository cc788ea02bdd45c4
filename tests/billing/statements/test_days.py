"""A day is closed when it fits; the journal of it balances and equals the ledger."""

import csv
import io
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, InternalError, ProgrammingError
from django.urls import reverse
from openpyxl import load_workbook

from billing.models import ClosedDay, Difference, JournalAccount, JournalEntry, JournalLine
from billing.services.refund import refund_payment
from billing.statements.commissions import list_commissions
from billing.statements.days import DayOpenError, close_day, list_days
from billing.statements.forecast import list_arrivals
from billing.statements.journal import COLUMNS, post_journal, trial_balance, unequal_to_ledger
from billing.statements.people import MatchError, ask_write_off, end_match, write_off
from billing.statements.runs import reconcile_statements
from billing.tasks import reconcile_statements as reconcile_nightly
from config.kit.audit.models import Entry
from config.kit.lib.days import today
from tests.billing.statements.test_desk import desk, load, row_of  # noqa: F401  `desk` is a fixture
from tests.support.factories import UserFactory
from tests.support.pages import page_url


@pytest.fixture
def listed(desk):  # noqa: F811  the fixture
    refund_payment(desk.payment, amount=Decimal("15.40"), reason="Part of it", user_id=None)
    refund = row_of(desk.payment, reference="R1", gross=-1540, commission=0)
    load(desk, row_of(desk.payment), refund)
    reconcile_statements(desk.agreement.bank)
    return desk


def test_a_day_shows_what_was_expected_and_what_came(listed):
    (day,) = list_days([listed.pos.pk], today(), today())
    assert (day.gross, day.refunds, day.commission, day.net) == (
        Decimal("215.40"), Decimal("15.40"), Decimal("4.31"), Decimal("195.69"),
    )  # fmt: skip
    assert (day.expected_gross, day.expected_net, day.difference) == (
        Decimal("215.40"), Decimal("195.69"), 0,
    )  # fmt: skip
    assert (day.open_differences, day.is_listed, day.is_closed) == (0, True, False)


def test_a_closed_day_keeps_its_sums_and_its_matches(listed, finn):
    (closed,) = close_day(listed.pos, today(), user_id=finn.pk)
    assert (closed.net, closed.expected_net, closed.closed_by) == (Decimal("195.69"), Decimal("195.69"), finn)
    assert list_days([listed.pos.pk], today(), today())[0].is_closed
    with pytest.raises(DayOpenError):
        close_day(listed.pos, today(), user_id=finn.pk)
    with pytest.raises((InternalError, ProgrammingError)):
        ClosedDay.objects.update(net=0)
    with pytest.raises(MatchError):
        end_match(listed.payment.ledger.first().matches.get(), reason="Changed my mind", user_id=finn.pk)


def test_a_day_without_its_statement_is_not_closed(desk, finn):  # noqa: F811  the fixture
    with pytest.raises(DayOpenError):
        close_day(desk.pos, today(), user_id=finn.pk)


def test_an_open_difference_keeps_the_day_open(desk, finn, ada):  # noqa: F811  the fixture
    load(desk, row_of(desk.payment, gross=21440))
    reconcile_statements(desk.agreement.bank)
    with pytest.raises(DayOpenError):
        close_day(desk.pos, today(), user_id=finn.pk)
    difference = Difference.objects.get()
    ask_write_off(difference, reason="One lira", user_id=finn.pk)
    write_off(difference, note="Agreed", user_id=ada.pk)
    (closed,) = close_day(desk.pos, today(), user_id=finn.pk)
    assert closed.written_off == Decimal("-1.00")
    post_journal()
    assert trial_balance()["write_off", "TRY"] == 1
    assert sum(trial_balance().values()) == 0


def test_what_comes_after_a_day_is_closed_is_of_a_later_day(listed, finn, monkeypatch):
    close_day(listed.pos, today(), user_id=finn.pk)
    load(listed, row_of(listed.payment, order_id="unknown", reference="unknown", auth_code="", card=""))
    tomorrow = today() + timedelta(days=1)
    monkeypatch.setattr("billing.statements.differences.today", lambda: tomorrow)
    reconcile_statements(listed.agreement.bank)
    assert Difference.objects.get(closed_at=None).day == tomorrow


def test_the_journal_balances_and_equals_the_ledger(listed, finn):
    assert unequal_to_ledger() == {"TRY": Decimal("200.00")}
    post_journal()
    assert unequal_to_ledger() == {}
    assert trial_balance() == {("cards", "TRY"): Decimal(200), ("customers", "TRY"): Decimal(-200)}
    close_day(listed.pos, today(), user_id=finn.pk)
    assert post_journal() == 2  # the commission; the value date is still to come
    assert trial_balance()["commission", "TRY"] == Decimal("4.31")
    assert trial_balance()["cards", "TRY"] == Decimal("195.69")
    assert post_journal() == 0


def test_money_is_at_the_bank_on_its_value_date(listed, finn, monkeypatch):
    close_day(listed.pos, today(), user_id=finn.pk)
    later = today() + timedelta(days=10)
    monkeypatch.setattr("billing.statements.journal.today", lambda: later)
    post_journal()
    assert trial_balance()["bank", "TRY"] == Decimal("195.69")
    assert trial_balance()["cards", "TRY"] == 0
    assert sum(trial_balance().values()) == 0


def test_installment_interest_is_no_debt_of_the_customer(shop):
    shop.charge(installments=3)
    post_journal()
    assert trial_balance()["interest", "TRY"] == Decimal("-4.31")
    assert unequal_to_ledger() == {}


def test_an_entry_that_does_not_balance_is_refused_at_the_commit(listed):
    post_journal()
    account = JournalAccount.objects.first()
    entry = JournalEntry.objects.create(kind="value", day=today(), text="By hand")
    with pytest.raises(IntegrityError, match="differ"):
        JournalLine.objects.create(entry=entry, account=account, debit=1, currency="TRY")
    with pytest.raises((InternalError, ProgrammingError)):
        JournalLine.objects.update(debit=5)


@pytest.mark.parametrize("name", ["journal.csv", "journal.xlsx"])
def test_the_journal_is_exported(listed, tmp_path, name):
    file = tmp_path / name
    call_command("export_journal", str(file), since=today(), until=today(), verbosity=0)
    if name.endswith("csv"):
        heading, *rows = csv.reader(file.read_text("utf-8-sig").splitlines())
        assert tuple(heading) == COLUMNS
        assert len(rows) == JournalLine.objects.count() == 4
        assert sum(Decimal(row[5]) - Decimal(row[6]) for row in rows) == 0
    assert file.stat().st_size


def test_the_forecast_says_what_arrives_when(listed):
    (arrival,) = list_arrivals([listed.pos.pk])
    assert (arrival.amount, arrival.bank) == (Decimal("211.09"), listed.agreement.bank.name)
    assert arrival.day > today()


def test_what_was_overcharged_is_added_up(desk):  # noqa: F811  the fixture
    load(desk, row_of(desk.payment, commission=531))
    reconcile_statements(desk.agreement.bank)
    (row,) = list_commissions([desk.pos.pk], today(), today())
    assert (row.planned, row.charged, row.overcharged) == (Decimal("4.31"), Decimal("5.31"), 1)


def test_the_letter_to_the_bank_names_each_sale_that_was_overcharged(desk, browser, finn):  # noqa: F811  the fixture
    load(desk, row_of(desk.payment, commission=531))
    reconcile_statements(desk.agreement.bank)
    client = browser(finn)
    page = client.get(reverse("billing_admin:commissions")).content.decode()
    day, bank = today().isoformat(), desk.agreement.bank
    url = reverse(
        "billing_admin:commission_letter", args=[bank.pk, (today() - timedelta(days=30)).isoformat(), day]
    )
    assert url in page
    file = io.BytesIO(b"".join(client.get(url).streaming_content))
    rows = list(load_workbook(file).active.iter_rows(values_only=True))
    assert rows[1][0] == bank.name
    sale = rows[6]
    assert sale[:3] == ("T1", datetime.combine(today(), time()), desk.payment.order_id)
    assert [float(value) for value in sale[8:]] == [215.4, 4.31, 5.31, 1.0]
    assert (rows[7][0], rows[7][7], float(rows[7][11])) == ("Total", "TRY", 1.0)
    assert Entry.objects.filter(action="exported", object_id=str(bank.pk)).count() == 1


def test_there_is_no_letter_where_nothing_was_overcharged_or_to_others(listed, browser, finn):
    day = today().isoformat()
    url = reverse("billing_admin:commission_letter", args=[listed.agreement.bank.pk, day, day])
    assert "no commission above the plan" in browser(finn).get(url, follow=True).content.decode()
    assert "letter" not in browser(finn).get(reverse("billing_admin:commissions")).content.decode()
    assert browser(UserFactory()).get(url).status_code == 403


def test_a_person_closes_the_day_on_its_page(listed, browser, finn):
    client = browser(finn)
    page = client.get(reverse("billing_admin:days")).content.decode()
    assert "195.69" in page
    assert "Close day" in page
    close = reverse("billing_admin:close_day", args=[listed.pos.pk, today().isoformat()])
    assert "The day was closed." in client.post(close, follow=True).content.decode()
    assert ClosedDay.objects.get().closed_by == finn
    assert "already closed" in client.post(close, follow=True).content.decode()


def test_who_may_not_close_days_sees_them_only(listed, browser):
    client = browser(UserFactory(role="Auditor"))
    assert "Close day" not in client.get(reverse("billing_admin:days")).content.decode()
    close = reverse("billing_admin:close_day", args=[listed.pos.pk, today().isoformat()])
    assert client.post(close).status_code == 403
    assert not ClosedDay.objects.exists()
    assert browser(UserFactory()).get(reverse("billing_admin:days")).status_code == 403


@pytest.mark.parametrize("page", ["forecast", "commissions"])
def test_figures_are_shown(listed, browser, finn, page):
    answer = browser(finn).get(reverse(f"billing_admin:{page}"))
    assert ("211.09" if page == "forecast" else "4.31") in answer.content.decode()


@pytest.mark.parametrize("model", ["journalentry", "journalaccount", "closedday"])
def test_the_lists_open(listed, browser, finn, model):
    close_day(listed.pos, today(), user_id=finn.pk)
    post_journal()
    client = browser(finn)
    assert client.get(reverse(f"admin:billing_{model}_changelist")).status_code == 200
    row = apps.get_model("billing", model).objects.first()
    assert client.get(page_url(row)).status_code == 200


def test_each_night_matches_and_posts(desk):  # noqa: F811  the fixture
    load(desk, row_of(desk.payment))
    reconcile_nightly(0)
    assert desk.payment.ledger.get().matches.count() == 1
    assert unequal_to_ledger() == {}
