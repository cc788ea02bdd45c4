"""Two people at the table of another object's page: rates of a card."""

from decimal import Decimal

import pytest

from payments import services
from payments.models import Card, Installment
from tests.support.factories import InstallmentFactory
from tests.support.pages import form_data, page_url

pytestmark = pytest.mark.django_db(transaction=True)  # history has the time of its transaction

RATE = "installments-0-interest_rate"


@pytest.fixture
def rate(card) -> Installment:
    return InstallmentFactory(card=card, installment_count=3, label="3 Taksit", interest_rate="2")


def opened(pages, card: Card) -> dict:
    response = pages.get(page_url(card))
    return {
        **form_data(response),
        **dict(response.context.get("seen_rows") or {}),
        "_seen": response.context["seen_version"],
    }


def their_change(rate: Installment, value: str) -> None:
    services.installments.update(Installment.objects.get(pk=rate.pk), interest_rate=Decimal(value))


def test_a_row_that_somebody_else_has_saved_is_asked_about(admin_pages, card, rate):
    form = opened(admin_pages, card)
    their_change(rate, "3")
    answer = admin_pages.post(page_url(card), {**form, RATE: "4"})
    assert answer.status_code == 200
    (conflict,) = answer.context["conflicts"]
    assert "3 Taksit" in conflict.label
    assert [Decimal(text) for text in (conflict.before, conflict.now, conflict.yours)] == [2, 3, 4]
    rate.refresh_from_db()
    assert rate.interest_rate == 3
    again = {**form, **dict(answer.context["seen_rows"]), RATE: "4"}
    assert admin_pages.post(page_url(card), again).status_code == 302
    rate.refresh_from_db()
    assert rate.interest_rate == 4


def test_a_row_that_was_not_touched_is_not_set_back(admin_pages, card, rate):
    form = opened(admin_pages, card)
    their_change(rate, "3")
    assert admin_pages.post(page_url(card), {**form, "name": "New name"}).status_code in (200, 302)
    rate.refresh_from_db()
    assert rate.interest_rate == 3


def test_what_was_saved_before_the_page_was_opened_is_no_conflict(admin_pages, card, rate):
    their_change(rate, "3")
    form = opened(admin_pages, card)
    assert admin_pages.post(page_url(card), {**form, RATE: "4"}).status_code == 302
    rate.refresh_from_db()
    assert rate.interest_rate == 4


def test_a_row_that_somebody_else_has_deleted_is_told(admin_pages, card, rate):
    form = opened(admin_pages, card)
    services.installments.delete(Installment.objects.get(pk=rate.pk))
    answer = admin_pages.post(page_url(card), {**form, RATE: "4"})
    assert answer.status_code == 200
    assert not Installment.objects.exists()


def test_the_page_carries_the_version_of_each_row(admin_pages, card, rate):
    second = InstallmentFactory(card=card, installment_count=6, label="6 Taksit", interest_rate="5")
    page = admin_pages.get(page_url(card)).content.decode()
    assert 'name="installments-0-_seen"' in page
    assert 'name="installments-1-_seen"' in page
    assert second.modified_date.isoformat() in page
