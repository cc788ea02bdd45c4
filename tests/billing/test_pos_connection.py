"""The button "Test connection": one question at every bank, over real sockets, that moves no money."""

import socket

import pytest

from billing.models import Operation, Payment, PaymentAttempt
from config.kit.audit.models import Action, Entry
from payments import services
from payments.connection_test import ask_bank
from payments.models import POS
from tests.billing.test_banks import bank, shop  # noqa: F401  # fixtures
from tests.payments.admin.test_pos_form import GPAY_CONFIG
from tests.support.factories import GPAY, PosFactory, UserFactory
from tests.support.gateways import PROFILES
from tests.support.pages import page_url, press


def set_url(pos: POS, url: str) -> POS:
    """As the service would, without clearing the secrets."""
    POS.objects.filter(pk=pos.pk).update(resource_url=url)
    return POS.objects.get(pk=pos.pk)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def test_a_bank_that_accepts_the_pos_answers_and_books_nothing(shop, ada):  # noqa: F811
    answer = ask_bank(shop.pos, user_id=ada.pk)
    assert answer.is_good, answer.text
    assert not shop.bank.books()
    attempt = PaymentAttempt.objects.get()
    assert (attempt.pos, attempt.payment, attempt.operation) == (shop.pos, None, Operation.STATUS)
    assert attempt.finished_at is not None
    assert not Payment.objects.exists()


def test_wrong_secrets_are_told(shop, ada):  # noqa: F811
    secret = sorted(PROFILES[shop.name].secrets)
    config = {**PROFILES[shop.name].config, **dict.fromkeys(secret, "WRONG-wrong-123")}
    services.pos.update(shop.pos, config=config)
    answer = ask_bank(POS.objects.get(pk=shop.pos.pk), user_id=ada.pk)
    assert not answer.is_good
    assert "WRONG-wrong-123" not in answer.text


def test_nobody_at_the_address(shop, ada):  # noqa: F811
    pos = set_url(shop.pos, f"http://127.0.0.1:{free_port()}/")
    answer = ask_bank(pos, user_id=ada.pk)
    assert (answer.is_good, answer.text) == (False, "The bank could not be reached. Check the address.")


def test_a_stranger_at_the_address(shop, ada, live_server):  # noqa: F811
    answer = ask_bank(set_url(shop.pos, f"{live_server.url}/healthz"), user_id=ada.pk)
    assert not answer.is_good


def test_a_gateway_that_can_not_be_called_says_so(db, ada):
    pos = PosFactory(gateway=GPAY, config=GPAY_CONFIG)
    assert not ask_bank(pos, user_id=ada.pk).is_good
    assert not PaymentAttempt.objects.exists()


@pytest.fixture
def simulated(transactional_db):
    return PosFactory()


def test_the_button_tells_the_answer_and_leaves_a_trace(browser, ada, simulated):
    pages = browser(ada)
    assert "/test-connection/" in pages.get(page_url(simulated)).content.decode()
    asked = pages.get(page_url(simulated, "test_connection")).content.decode()
    assert "No money moves." in asked
    page = press(pages, simulated, "test_connection").content.decode()
    assert "does not know the test order" in page
    entry = Entry.objects.get(action=Action.MONEY)
    assert (entry.object_id, entry.actor, entry.reason) == (str(simulated.pk), "ada", "connection test")


def test_only_those_who_may_change_a_pos_test_it(browser, simulated, transactional_db):
    pages = browser(UserFactory(role="Auditor"))
    assert pages.post(page_url(simulated, "test_connection"), {"idempotency_key": "1"}).status_code == 403
    assert not PaymentAttempt.objects.exists()
