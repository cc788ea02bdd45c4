"""Allocations by hand: unallocated money to a bill, and back from a bill (a credit note)."""

from decimal import Decimal

import pytest

from billing.models import Allocation, BillStatus
from tests.support.factories import BillFactory, UserFactory
from tests.support.pages import page_url, press


@pytest.fixture
def paid(shop):
    return shop.charge().payment


def errors_of(response) -> str:
    return str(response.context["form"].errors)


def test_an_allocation_is_taken_back_and_the_bill_is_owed_again(admin_pages, shop, paid, ada):
    press(admin_pages, paid, "deallocate", bill=shop.bills[0].pk, amount="25.50", reason="Credit note 7")
    shop.bills[0].refresh_from_db()
    assert (shop.bills[0].status, shop.bills[0].open_amount) == (BillStatus.OPEN, Decimal("25.50"))
    assert paid.unallocated_amount == Decimal("25.50")
    assert paid.refunded_amount == 0
    page = admin_pages.get(page_url(paid)).content.decode()
    assert "Credit note 7" in page
    assert "Removed from bill" in page
    assert Allocation.objects.order_by("pk").last().created_by == ada


def test_what_was_taken_back_pays_another_bill(admin_pages, shop, paid):
    other = BillFactory(subscription=shop.subscription, amount="40")
    press(admin_pages, paid, "deallocate", bill=shop.bills[0].pk, amount="125.50")
    press(admin_pages, paid, "allocate", bill=other.pk, amount="40")
    other.refresh_from_db()
    assert (other.status, other.paid_amount) == (BillStatus.PAID, 40)
    assert paid.unallocated_amount == Decimal("85.50")


def test_a_bill_without_money_can_be_canceled(admin_pages, shop, paid):
    press(admin_pages, paid, "deallocate", bill=shop.bills[0].pk, amount="25.50")
    refused = press(admin_pages, shop.bills[0], "close", closed_as="canceled")
    assert "remove the allocations first" in errors_of(refused)
    press(admin_pages, paid, "deallocate", bill=shop.bills[0].pk, amount="100")
    press(admin_pages, shop.bills[0], "close", closed_as="canceled")
    assert shop.bills[0].status == BillStatus.CANCELED


@pytest.mark.parametrize("amount", ["125.51", "0", "-1", "0.001", ""])
def test_no_more_comes_back_than_is_there(admin_pages, shop, paid, amount):
    assert errors_of(press(admin_pages, paid, "deallocate", bill=shop.bills[0].pk, amount=amount))
    assert paid.unallocated_amount == 0


def test_no_more_is_allocated_than_is_left_or_owed(admin_pages, shop, paid):
    small = BillFactory(subscription=shop.subscription, amount="10")
    big = BillFactory(subscription=shop.subscription, amount="500")
    press(admin_pages, paid, "deallocate", bill=shop.bills[0].pk, amount="100")
    assert errors_of(press(admin_pages, paid, "allocate", bill=small.pk, amount="11"))
    assert errors_of(press(admin_pages, paid, "allocate", bill=big.pk, amount="100.01"))
    assert paid.unallocated_amount == 100


def test_a_bill_of_somebody_else_is_not_paid(admin_pages, shop, paid):
    stranger = BillFactory(amount="10")
    press(admin_pages, paid, "deallocate", bill=shop.bills[0].pk, amount="100")
    assert errors_of(press(admin_pages, paid, "allocate", bill=stranger.pk, amount="10"))
    stranger.refresh_from_db()
    assert stranger.status == BillStatus.OPEN


def test_a_form_that_is_sent_twice_takes_back_once(admin_pages, shop, paid):
    for _time in range(2):
        press(admin_pages, paid, "deallocate", bill=shop.bills[0].pk, amount="10", idempotency_key="same-key")
    assert paid.unallocated_amount == 10


@pytest.mark.parametrize("role", ["Operator", "Auditor"])
def test_only_finance_moves_allocations(browser, shop, paid, role):
    pages = browser(UserFactory(role=role))
    assert press(pages, paid, "deallocate", bill=shop.bills[0].pk, amount="10").status_code == 403
