"""Before money moves, the page says which: amount, card, customer, bills, POS, and what is left."""

import pytest
from django.urls import reverse

from billing.models import Refund
from billing.services.refund import refund_payment
from tests.support.factories import UserFactory
from tests.support.pages import page_url, press


@pytest.fixture
def paid(shop):
    return shop.charge().payment


@pytest.mark.parametrize("action", ["refund", "void", "ask", "deallocate"])
def test_the_page_shows_the_payment_and_a_title(admin_pages, shop, paid, action):
    page = admin_pages.get(page_url(paid, action)).content.decode()
    known = (paid.order_id, "₺215.40", "411111******1111", "Ali Veli", "54321, 54322", shop.pos.name)
    assert [text for text in known if text not in page] == []
    assert "<h1" in page


def test_whoever_approves_sees_what_who_why_and_what_it_leaves(browser, shop, paid, ada, settings):
    settings.REFUND_LIMIT = 100
    refund_payment(paid, amount=150, reason="Two lines billed twice", user_id=ada.pk)
    page = (
        browser(UserFactory(role="Finance")).get(page_url(Refund.objects.get(), "approve")).content.decode()
    )
    known = ("₺150.00", "Two lines billed twice", "ada", "₺65.40", "411111******1111", "Ali Veli")
    assert [text for text in known if text not in page] == []


def test_money_is_written_as_the_reader_writes_it(admin_pages, paid):
    url = page_url(paid)
    assert "₺215.40" in admin_pages.get(url).content.decode()
    turkish = admin_pages.get(url, headers={"Accept-Language": "tr"}).content.decode()
    assert "215,40\N{NO-BREAK SPACE}₺" in turkish


def test_the_payers_page_too(client, paid):
    from billing.services.return_token import return_token_of

    url = reverse("payment-result", args=[return_token_of(paid)])
    assert "₺215.40" in client.get(url, headers={"Accept-Language": "en"}).content.decode()
    assert "215,40\N{NO-BREAK SPACE}₺" in client.get(url, headers={"Accept-Language": "tr"}).content.decode()


def test_the_page_of_a_waiting_refund_says_who_may_approve_it(browser, shop, paid, settings):
    settings.REFUND_LIMIT = 100
    asker, other = (UserFactory(role="Finance", username=name) for name in ("olivia", "finn"))
    clerk = UserFactory(role="Operator", username="otto")
    refund = refund_payment(paid, amount=150, reason="Billed twice", user_id=asker.pk)

    def page(user) -> str:
        return browser(user).get(page_url(refund)).content.decode()

    assert "You requested this. A different user must approve it: finn." in page(asker)
    assert "You do not have the permission to approve this. These users have it: finn." in page(clerk)
    assert "You can approve or reject it." in page(other)


UNLUCKY = "a4111111111111111b0c1d2e3f405162"
"""Hexadecimal digits of a random key that look like a card number: one form of 2,000 has such a key."""


def test_a_key_that_looks_like_a_card_number_stops_no_refund(admin_pages, paid):
    press(admin_pages, paid, "refund", amount="10", idempotency_key=UNLUCKY)
    assert paid.refunded_amount == 10


def test_a_card_number_in_place_of_the_key_does(admin_pages, paid):
    press(admin_pages, paid, "refund", amount="10", idempotency_key="4111111111111111")
    assert paid.refunded_amount == 0
