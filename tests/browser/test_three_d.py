"""A subscriber pays with 3-D Secure in a real browser: the portal's page, the bank's page, and back, cross-site."""

import pytest
from playwright.sync_api import expect

from billing.models import Payment
from billing.states import PaymentState
from tests.billing.conftest import GOOD_CARD, make_shop
from tests.billing.test_banks import shop_at
from tests.support.bank.cards import GOOD, ONE_TIME_PASSWORDS
from tests.support.bank.client import BankProcess

PORTAL = "https://portal.example/pay"
DUMMYPAY_CODE = "123456"
MODELS = [
    ("nestpay", {"store_type": "3d"}),
    ("nestpay", {"store_type": "3d_pay"}),
    ("garanti", {"security_level": "3D"}),
    ("garanti", {"security_level": "3D_PAY"}),
    ("iyzico", {}),
    ("dummypay", {}),
]
RESULTS = {"en-US": ("Payment received", "Payment not taken"), "tr-TR": ("Ödeme alındı", "Ödeme alınmadı")}


@pytest.fixture(scope="module")
def bank():
    with BankProcess(seed=7) as process:
        yield process


@pytest.fixture
def open_bank_page(chromium, live_server, settings, bank, api):
    """Start a 3-D payment as the portal does; yields the browser's page, which is at the bank then."""
    settings.PUBLIC_URL = live_server.url
    contexts = []

    def start(gateway: str, config: dict, language: str = "en-US"):
        shop = make_shop() if gateway == "dummypay" else shop_at(gateway, bank, **config)
        body = {
            "CardExpireMonth": "12", "CardExpireYear": "2040", "CardNumber": GOOD.get(gateway, GOOD_CARD),
            "CardOwnerName": "Ali Veli", "Cvc": "000", "bill": [bill.number for bill in shop.bills],
            "phoneNumber": "5321234567", "subscriptionId": shop.subscription.number, "threeD": 1,
        }  # fmt: skip
        answer = api.post("/api/payment/add", body, format="json")
        assert answer.status_code == 201, answer.content
        context = chromium.new_context(locale=language, ignore_https_errors=True)
        contexts.append(context)
        page = context.new_page()
        page.route(
            PORTAL, lambda route: route.fulfill(body=answer.json()["message"], content_type="text/html")
        )
        page.goto(PORTAL)
        return page

    yield start
    for context in contexts:
        context.close()


def enter(page, gateway: str, code: str) -> None:
    page.locator("input[type=text], input[type=password], input[name=otp], input[name=code]").first.fill(code)
    page.locator("button, input[type=submit]").first.click()


@pytest.mark.parametrize("language", RESULTS)
@pytest.mark.parametrize(("gateway", "config"), MODELS, ids=str)
def test_bills_are_paid_with_three_d(open_bank_page, gateway, config, language):
    page = open_bank_page(gateway, config, language)
    enter(page, gateway, ONE_TIME_PASSWORDS.get(gateway, DUMMYPAY_CODE))
    expect(page.get_by_text(RESULTS[language][0]).first).to_be_visible()
    assert Payment.objects.get().state == PaymentState.CAPTURED


@pytest.mark.parametrize(("gateway", "config"), [MODELS[0], MODELS[2], MODELS[5]], ids=str)
def test_a_wrong_code_pays_nothing_and_says_so(open_bank_page, gateway, config):
    page = open_bank_page(gateway, config)
    enter(page, gateway, "999999")
    expect(page.get_by_text(RESULTS["en-US"][1]).first).to_be_visible()
    payment = Payment.objects.get()
    assert (payment.state, payment.captured_amount) == (PaymentState.DECLINED, 0)
