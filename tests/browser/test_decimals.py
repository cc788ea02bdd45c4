"""Amounts and rates in the desk's forms: typed as in Turkey or as in England, in browsers of both languages."""

from decimal import Decimal

import pytest

from billing.models import Bill
from payments.models import Installment
from tests.browser.test_lost_updates import save
from tests.support.decimals import AMBIGUOUS, NOT_NUMBERS, READ
from tests.support.factories import BillFactory, InstallmentFactory
from tests.support.pages import add_url, page_url


def plain(shown: str, locale: str) -> Decimal:
    """The number that a formatted amount shows."""
    group, point = (".", ",") if locale.startswith("tr") else (",", ".")
    digits = "".join(sign for sign in shown if sign in "0123456789.,-")
    return Decimal(digits.replace(group, "").replace(point, "."))


def understood(page, text: str) -> str:
    page.fill("#id_amount", text)
    return page.inner_text("output[data-decimal=id_amount]")


def test_the_page_understands_what_the_server_understands(local_page):
    local_page.goto(add_url(Bill))
    locale = local_page.evaluate("document.documentElement.lang")
    for text, number in READ.items():
        assert plain(understood(local_page, text), locale) == Decimal(number), text
    for text in AMBIGUOUS:
        assert ":" in understood(local_page, text), text
    for text in NOT_NUMBERS:
        assert understood(local_page, text) == "", text


def test_a_decimal_comma_does_not_multiply_a_bill(local_page):
    bill = BillFactory(amount="10", currency="TRY")
    for text, number in (("125,50", "125.50"), ("1.234,56", "1234.56"), ("1,234.5", "1234.5")):
        local_page.goto(page_url(bill))
        local_page.fill("#id_amount", text)
        assert "₺" in local_page.inner_text("output[data-decimal=id_amount]")
        save(local_page)
        bill.refresh_from_db()
        assert bill.amount == Decimal(number)


def test_an_unchanged_form_changes_nothing(local_page):
    bill = BillFactory(amount="1234.5", currency="TRY")
    rate = InstallmentFactory(interest_rate="2.125")
    free = InstallmentFactory(interest_rate="0")
    for row in (bill, rate, free):
        local_page.goto(page_url(row))
        save(local_page)
        assert not local_page.locator(".errornote, .errorlist").count()
        row.refresh_from_db()
    assert (bill.amount, rate.interest_rate) == (Decimal("1234.5"), Decimal("2.125"))
    assert free.interest_rate == 0


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_what_can_mean_two_numbers_comes_back(local_page, text):
    bill = BillFactory(amount="10")
    local_page.goto(page_url(bill))
    local_page.fill("#id_amount", text)
    save(local_page)
    assert local_page.input_value("#id_amount") == text
    bill.refresh_from_db()
    assert bill.amount == 10


def test_a_rate_above_the_bound_is_asked_about_once_more(local_page):
    rate = InstallmentFactory(interest_rate="2")
    local_page.goto(page_url(rate))
    local_page.fill("#id_interest_rate", "75")
    save(local_page)
    assert Installment.objects.get().interest_rate == 2
    save(local_page)
    assert Installment.objects.get().interest_rate == 75
