"""A statement at the desk: upload, preview, differences, and two people for what is given up."""

import io
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, InternalError, ProgrammingError
from django.urls import reverse

from billing.errors import SecondPersonError
from billing.models import Difference, LedgerEntry, StatementLine, StatementMatch
from billing.statements import runs
from billing.statements.loading import load_statement
from billing.statements.people import (
    DifferenceClosedError,
    MatchError,
    ask_write_off,
    close_difference,
    end_match,
    match_by_hand,
    write_off,
)
from billing.statements.runs import reconcile_statements
from config.kit.audit.models import Entry
from config.kit.lib.days import today
from config.kit.lib.money import to_minor
from tests.billing.statements.world import agree, layout_for, plan_for
from tests.support.bank import statements
from tests.support.bank.statements import Row
from tests.support.factories import UserFactory
from tests.support.pages import page_url


@pytest.fixture
def desk(shop):
    plan_for(shop.pos, rate="2")
    shop.agreement = agree(shop.pos, terminal_number="T1")
    shop.layout = layout_for("garanti", shop.agreement.bank)
    shop.payment = shop.charge().payment
    return shop


def row_of(payment, **more) -> Row:
    fields = {
        "terminal": "T1", "order_id": payment.order_id, "reference": payment.host_reference[:12],
        "auth_code": payment.auth_code, "card": payment.masked_card, "day": today(),
        "value_day": statements.working(today() + timedelta(days=1)), "gross": to_minor(payment.amount, "TRY"),
        "commission": 431, "currency": "TRY",
    }  # fmt: skip
    return Row(**{**fields, **more})


def load(desk, *rows, **days):
    file = io.BytesIO(statements.garanti(list(rows)))
    days = {"first_day": today(), "last_day": today(), **days}
    return load_statement(desk.layout, file=file, name="day", user_id=None, **days)


def upload(client, desk, data: bytes):
    file = SimpleUploadedFile("day.csv", data)
    day = today().isoformat()
    form = {"layout": desk.layout.pk, "first_day": day, "last_day": day, "file": file}
    return client.post(reverse("billing_admin:statement_upload"), form)


def test_a_file_is_checked_shown_and_loaded(desk, browser, finn):
    client = browser(finn)
    checked = upload(client, desk, statements.garanti([row_of(desk.payment)]))
    assert "215.40" in checked.content.decode()
    assert not StatementLine.objects.exists()
    token = checked.context["token"]
    loaded = client.post(reverse("billing_admin:statement_upload"), {"token": token}, follow=True)
    assert "1 lines loaded, 1 matches, 0 new differences." in loaded.content.decode()
    assert StatementMatch.objects.get().entry == LedgerEntry.objects.get()
    again = client.post(reverse("billing_admin:statement_upload"), {"token": token})
    assert "expired" in again.content.decode()


def test_more_lines_than_a_request_can_look_at_are_left_to_the_job(desk, browser, finn, monkeypatch):
    monkeypatch.setattr(runs, "MOST_AT_ONCE", 0)
    client = browser(finn)
    token = upload(client, desk, statements.garanti([row_of(desk.payment)])).context["token"]
    loaded = client.post(reverse("billing_admin:statement_upload"), {"token": token}, follow=True)
    assert "1 lines loaded. They are being matched" in loaded.content.decode()
    assert not StatementMatch.objects.exists()
    runs.reconcile_bank(bank_id=desk.agreement.bank.pk)
    assert StatementMatch.objects.count() == 1


def test_a_layout_that_is_removed_meanwhile_is_told(desk, browser, finn):
    client = browser(finn)
    token = upload(client, desk, statements.garanti([row_of(desk.payment)])).context["token"]
    desk.layout.delete()
    answer = client.post(reverse("billing_admin:statement_upload"), {"token": token})
    assert "The layout has been removed meanwhile." in answer.content.decode()
    assert not StatementLine.objects.exists()


def test_a_refused_file_is_told_with_its_line(desk, browser, finn):
    page = upload(browser(finn), desk, statements.garanti([row_of(desk.payment)]).replace(b"4,31", b"4,32"))
    assert "Line 2: gross less commission is not net" in page.content.decode()
    assert "The first lines as this layout reads them" in page.content.decode()


@pytest.mark.parametrize("role", ["Operator", "Auditor"])
def test_others_look_and_load_nothing(desk, browser, role):
    client = browser(UserFactory(role=role))
    assert client.get(reverse("billing_admin:statement_upload")).status_code == 403
    assert client.get(reverse("admin:billing_difference_changelist")).status_code == 200


MODELS = ["statement", "statementline", "statementmatch", "statementlayout", "matchrule", "difference"]


@pytest.mark.parametrize("model", MODELS)
def test_lists_and_pages_open(desk, browser, finn, model):
    load(desk, row_of(desk.payment, commission=999))
    reconcile_statements(desk.agreement.bank)
    client = browser(finn)
    assert client.get(reverse(f"admin:billing_{model}_changelist")).status_code == 200
    row = apps.get_model("billing", model).objects.first()
    assert client.get(page_url(row)).status_code == 200


@pytest.fixture
def overcharged(desk) -> Difference:
    load(desk, row_of(desk.payment, commission=999))
    reconcile_statements(desk.agreement.bank)
    return Difference.objects.get()


def test_a_write_off_takes_two_people(overcharged, finn, ada):
    ask_write_off(overcharged, reason="Not worth a letter", user_id=finn.pk)
    with pytest.raises(SecondPersonError):
        write_off(overcharged, note="Agreed", user_id=finn.pk)
    write_off(overcharged, note="Agreed", user_id=ada.pk)
    assert (overcharged.is_written_off, overcharged.closed_by) == (True, ada)
    told = Entry.objects.filter(object_type="billing.difference").order_by("pk")
    assert list(told.values_list("actor", flat=True)) == ["finn", "ada"]


def test_the_database_wants_the_second_person_too(overcharged, finn):
    with pytest.raises(IntegrityError):
        Difference.objects.filter(pk=overcharged.pk).update(
            is_written_off=True, closed_by=finn, write_off_asked_by=finn, closed_at="2026-11-21T00:00Z"
        )


def test_what_is_closed_stays_closed(overcharged, desk, finn):
    close_difference(overcharged, resolution="The bank pays it back", user_id=finn.pk)
    with pytest.raises(DifferenceClosedError):
        close_difference(overcharged, resolution="Again", user_id=finn.pk)
    with pytest.raises((InternalError, ProgrammingError)):
        Difference.objects.filter(pk=overcharged.pk).update(comment="x")
    reconcile_statements(desk.agreement.bank)
    assert Difference.objects.count() == 1


def test_a_match_that_a_person_has_ended_is_not_made_again(desk, finn):
    load(desk, row_of(desk.payment))
    reconcile_statements(desk.agreement.bank)
    match = StatementMatch.objects.get()
    end_match(match, reason="Another sale", user_id=finn.pk)
    with pytest.raises(MatchError):
        end_match(match, reason="Again", user_id=finn.pk)
    reconcile_statements(desk.agreement.bank)
    assert StatementMatch.objects.filter(ended_at=None).count() == 0
    kinds = Difference.objects.filter(closed_at=None).values_list("kind", flat=True)
    assert sorted(kinds) == ["at_bank_only", "with_us_only"]


def test_a_person_matches_with_a_reason(desk, finn):
    load(desk, row_of(desk.payment, order_id="", reference="", auth_code="", card="", gross=21540))
    reconcile_statements(desk.agreement.bank)
    line, entry = StatementLine.objects.get(), LedgerEntry.objects.get()
    match_by_hand(line, entry, reason="Told by telephone", user_id=finn.pk)
    reconcile_statements(desk.agreement.bank)
    assert not Difference.objects.filter(closed_at=None).exists()
    with pytest.raises(MatchError):
        match_by_hand(line, entry, reason="Again", user_id=finn.pk)
