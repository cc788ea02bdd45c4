"""A subscriber pays with 3-D Secure in a real browser: the portal's page, the bank's page, and back, cross-site."""

import pytest
from playwright.sync_api import expect

from billing.models import Payment
from billing.states import PaymentState
from tests.billing.conftest import make_shop
from tests.billing.test_banks import shop_at
from tests.support.bank.client import BankProcess
from tests.support.gateways import PROFILES
from tests.support.gateways.profile import ThreeDModel

PORTAL = "https://portal.example/pay"
MODELS = [(name, model) for name, profile in PROFILES.items() for model in profile.three_d_models]
IDS = ["-".join([name, *model.config.values()]) for name, model in MODELS]
RESULTS = {"en-US": ("Payment received", "Payment failed"), "tr-TR": ("Ödeme alındı", "Ödeme alınmadı")}


@pytest.fixture(scope="module")
def bank():
    with BankProcess(seed=7) as process:
        yield process


@pytest.fixture
def open_bank_page(chromium, live_server, settings, bank, api):
    """Start a 3-D payment as the portal does; yields the browser's page, which is at the bank then."""
    settings.PUBLIC_URL = live_server.url
    contexts = []

    def start(name: str, model: ThreeDModel, language: str = "en-US"):
        number = PROFILES[name].good_card.number
        shop = shop_at(name, bank, **model.config) if PROFILES[name].simulator else make_shop()
        body = {
            "CardExpireMonth": "12", "CardExpireYear": "2040", "CardNumber": number,
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


def enter(page, code: str) -> None:
    page.locator("input[type=text], input[type=password], input[name=otp], input[name=code]").first.fill(code)
    page.locator("button, input[type=submit]").first.click()


@pytest.mark.parametrize("language", RESULTS)
@pytest.mark.parametrize(("name", "model"), MODELS, ids=IDS)
def test_bills_are_paid_with_three_d(open_bank_page, name, model, language):
    page = open_bank_page(name, model, language)
    enter(page, PROFILES[name].otp)
    expect(page.get_by_text(RESULTS[language][0]).first).to_be_visible()
    assert Payment.objects.get().state == PaymentState.CAPTURED


@pytest.mark.parametrize("name", PROFILES)
def test_a_wrong_code_pays_nothing_and_says_so(open_bank_page, name):
    page = open_bank_page(name, PROFILES[name].three_d_models[0])
    enter(page, "999999")
    expect(page.get_by_text(RESULTS["en-US"][1]).first).to_be_visible()
    payment = Payment.objects.get()
    assert (payment.state, payment.captured_amount) == (PaymentState.DECLINED, 0)
