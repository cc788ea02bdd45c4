"""3-D Secure on dummypay, as a payer's browser sees it, and everything that can be wrong with a callback."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import Callback, Case, Payment
from billing.services import reconcile
from billing.services.return_token import return_token_of
from billing.states import PaymentState
from billing.threeds.page import autopost_page
from tests.billing.conftest import make_shop


class Browser:
    """Follows auto-posting pages, without cookies."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)

    def submit(self, html: str, **more: str):
        """Post the page's form as its script does."""
        action = re.search(r'action="([^"]*)"', html)
        fields = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', html))
        fields = {unescape(name): unescape(value) for name, value in fields.items()}
        path = urlsplit(unescape(action[1])).path if action else self.path
        self.path = path
        body = urlencode({**fields, **more})
        return self.client.generic("POST", path, body, content_type="application/x-www-form-urlencoded")


def pay(shop, number="4111111111111111", code="123456"):
    """Through the bank's page and back: the response to the callback, and what was posted."""
    charged = shop.charge(number, three_d=True)
    browser = Browser()
    page = browser.submit(autopost_page(charged.form)).content.decode()
    back = browser.submit(page, code=code).content.decode()
    return charged.payment, browser, back


def test_the_payer_pays_in_the_banks_page_and_sees_the_result(shop):
    payment, browser, back = pay(shop)
    assert payment.state == PaymentState.PENDING_3D
    answer = browser.submit(back)
    assert answer.status_code == 302
    result = browser.client.get(answer.url)
    assert "Payment received" in result.content.decode()
    turkish = browser.client.get(answer.url, headers={"Accept-Language": "tr"}).content.decode()
    assert 'lang="tr"' in turkish
    payment.refresh_from_db()
    assert payment.state == PaymentState.CAPTURED
    assert list(payment.callbacks.values_list("verdict", flat=True)) == ["accepted"]


def test_a_wrong_code_is_a_refusal(shop):
    payment, browser, back = pay(shop, code="000000")
    answer = browser.submit(back)
    payment.refresh_from_db()
    assert payment.state == PaymentState.DECLINED
    assert "Payment failed" in browser.client.get(answer.url).content.decode()


def test_a_callback_twice_is_one_payment(shop):
    payment, browser, back = pay(shop)
    first, second = browser.submit(back), browser.submit(back)
    assert first.url == second.url
    assert "Payment received" in browser.client.get(second.url).content.decode()
    assert sorted(Callback.objects.values_list("verdict", flat=True)) == ["accepted", "duplicate"]
    assert payment.ledger.count() == 1


@pytest.mark.parametrize("field", ["amount", "order_id", "md_status", "currency", "signature"])
def test_a_changed_callback_changes_nothing(shop, field):
    payment, browser, back = pay(shop, code="000000")
    forged = re.sub(rf'(name="{field}" value=")[^"]*', r"\g<1>1", back)
    browser.submit(forged)
    payment.refresh_from_db()
    assert payment.state == PaymentState.PENDING_3D
    assert Callback.objects.get().verdict in ("forged", "mismatch", "unreadable")
    browser.submit(back)  # the true one still counts
    payment.refresh_from_db()
    assert payment.state == PaymentState.DECLINED


def test_another_payments_callback_does_not_fit(shop):
    payment, browser, back = pay(shop)
    other = make_shop(first_number=1)
    theirs, _, their_back = pay(other)
    ours = re.search(r'action="([^"]*)"', back)[1]
    swapped = re.sub(r'action="[^"]*"', f'action="{ours}"', their_back)
    browser.submit(swapped)
    for one in (payment, theirs):
        one.refresh_from_db()
        assert one.state == PaymentState.PENDING_3D
    assert Callback.objects.get().verdict in ("mismatch", "forged")


@pytest.mark.parametrize("token", ["x", "eyJ9:abc:def", "1:1tAbCd:forged"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_of_nobody_is_404_and_kept(shop, token, method):
    response = Client().generic(
        method, f"/pay/3d/{token}/", "a=b", content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 404
    assert Callback.objects.get().verdict == "stray"


@pytest.mark.parametrize(
    "body", [b"", b"\x00\xff" * 100, b"a=1&a=2", b"{" * 1000, b"pan=4111111111111111&cv2=123"]
)
def test_junk_changes_nothing_and_is_kept_without_card_numbers(shop, body):
    payment, browser, back = pay(shop)
    path = urlsplit(unescape(re.search(r'action="([^"]*)"', back)[1])).path
    response = browser.client.generic("POST", path, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 302
    payment.refresh_from_db()
    assert payment.state == PaymentState.PENDING_3D
    kept = Callback.objects.get()
    assert kept.verdict in ("unreadable", "forged", "mismatch")
    assert "4111111111111111" not in kept.body
    assert "123" not in kept.body


def test_a_session_that_nobody_finishes_expires_after_the_bank_was_asked(shop, settings):
    settings.IN_FLIGHT_SECONDS = 0
    payment, browser, back = pay(shop)
    reconcile.query_status(payment)
    assert payment.state == PaymentState.PENDING_3D  # the payer may still come back
    Payment.objects.filter(pk=payment.pk).update(
        expires_at=timezone.now() - timedelta(seconds=1), next_check_at=timezone.now() - timedelta(seconds=1)
    )
    assert reconcile.claim_due() == [payment.pk]
    assert reconcile.claim_due() == []  # another worker finds nothing
    payment.refresh_from_db()
    reconcile.query_status(payment)
    assert payment.state == PaymentState.FAILED
    browser.submit(back)  # too late: model 3d takes no money without our completion
    payment.refresh_from_db()
    assert payment.state == PaymentState.FAILED
    assert Callback.objects.get().verdict == "late"
    assert not Case.objects.exists()
    assert shop.charge().payment.state == PaymentState.CAPTURED


def test_the_card_is_in_the_page_only(shop):
    from tests.support.dump import everything

    payment, browser, back = pay(shop)
    browser.submit(back)
    assert "4111111111111111" not in everything()


def test_the_result_of_a_payment_that_is_about_to_end_looks_again_by_itself(shop, client):
    payment = shop.charge(three_d=True).payment
    url = reverse("payment-result", args=[return_token_of(payment)])
    assert "location.reload()" in client.get(url).content.decode()
    Payment.objects.filter(pk=payment.pk).update(modified_date=timezone.now() - timedelta(minutes=5))
    assert "location.reload()" not in client.get(url).content.decode()


def test_the_result_of_a_paid_payment_stands_still(shop, client):
    payment = shop.charge().payment
    page = client.get(reverse("payment-result", args=[return_token_of(payment)])).content.decode()
    assert "location.reload()" not in page
    assert "₺215.40" in page
