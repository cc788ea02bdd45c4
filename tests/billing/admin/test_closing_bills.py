"""Bills that are closed by hand: settled elsewhere, or canceled."""

import pytest

from billing.errors import BillAlreadyPaidError
from billing.models import BillStatus
from tests.billing.owed import reserve
from tests.support.factories import BillFactory, UserFactory
from tests.support.pages import press


@pytest.mark.parametrize("closed_as", [BillStatus.SETTLED, BillStatus.CANCELED])
def test_an_open_bill_is_closed_and_opened_again(admin_pages, db, closed_as):
    bill = BillFactory(amount="125.50")
    press(admin_pages, bill, "close", closed_as=closed_as)
    assert (bill.status, bill.open_amount, bill.closed_reason) == (closed_as, 0, "The customer called")
    press(admin_pages, bill, "reopen")
    assert (bill.status, str(bill.open_amount)) == (BillStatus.OPEN, "125.5000")


def test_a_closed_bill_is_not_paid(admin_pages, shop):
    press(admin_pages, shop.bills[0], "close", closed_as="canceled")
    with pytest.raises(BillAlreadyPaidError):
        shop.charge()


def test_a_bill_that_somebody_is_paying_stays_open(admin_pages, db):
    bill = BillFactory()
    reserve(bill)
    response = press(admin_pages, bill, "close", closed_as="canceled")
    assert "is in progress" in str(response.context["form"].errors)
    assert bill.status == BillStatus.OPEN


def test_a_paid_bill_is_not_closed(admin_pages, shop):
    shop.charge()
    response = press(admin_pages, shop.bills[0], "close", closed_as="canceled")
    assert "no longer open" in str(response.context["form"].errors)
    assert shop.bills[0].status == BillStatus.PAID


@pytest.mark.parametrize(
    "data", [{}, {"closed_as": "paid"}, {"closed_as": "canceled", "reason": ""}], ids=str
)
def test_a_wrong_form_closes_nothing(admin_pages, db, data):
    bill = BillFactory()
    assert press(admin_pages, bill, "close", **data).context["form"].errors
    assert bill.status == BillStatus.OPEN


def test_an_auditor_closes_nothing(browser, db):
    bill = BillFactory()
    assert press(browser(UserFactory(role="Auditor")), bill, "close", closed_as="canceled").status_code == 403
