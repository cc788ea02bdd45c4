"""The cap on calls at one POS, and its circuit breaker."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from billing.attempts import breaker
from billing.attempts.admission import admitted
from billing.errors import GatewayUnavailableError
from billing.models import CircuitBreaker, Payment, PaymentAttempt, Refund
from billing.services import reconcile
from billing.services.refund import refund_payment
from payments.models import POS
from tests.billing.conftest import make_shop
from tests.billing.test_threeds import pay
from tests.conftest import client_of
from tests.contracts.bimetri.conftest import add, make_portal_shop, portal_client
from tests.support.pages import press

NO_ANSWER = "4111111111111053"


def taken(pos: POS, calls: int, *, is_query: bool = False):
    """So many calls of other threads in flight."""
    done, ready = threading.Event(), threading.Barrier(calls + 1)

    def hold():
        with admitted(pos.pk, is_query=is_query):
            ready.wait(10)
            done.wait(30)
        connection.close()

    threads = [threading.Thread(target=hold) for _ in range(calls)]
    for thread in threads:
        thread.start()
    ready.wait(10)

    def end():
        done.set()
        for thread in threads:
            thread.join(10)

    return end


@pytest.fixture(autouse=True)
def _caps(settings):
    settings.GATEWAY_CALLS_PER_POS, settings.GATEWAY_QUERIES_PER_POS = 3, 2


@pytest.fixture
def full(shop, settings):
    """All calls that the shop's POS may have in flight are."""
    end = taken(shop.pos, settings.GATEWAY_CALLS_PER_POS)
    yield shop
    end()


@pytest.fixture
def opened(shop, settings):
    settings.GATEWAY_BREAKER_FAILURES = 2
    breaker.count_failure(shop.pos.pk)
    breaker.count_failure(shop.pos.pk)
    return shop


def let_it_try_again(pos: POS) -> None:
    CircuitBreaker.objects.filter(pos=pos).update(open_until=Now() - timedelta(seconds=1))


def test_a_payer_beyond_the_cap_is_told_at_once_and_nothing_is_written(full):
    with pytest.raises(GatewayUnavailableError):
        full.charge()
    assert not Payment.objects.exists()


def test_the_cap_of_one_pos_is_not_that_of_another(full):
    other = make_shop(first_number=70001)
    assert other.charge().payment.state == "captured"


def test_a_slot_is_free_again_after_the_call(shop, settings):
    settings.GATEWAY_CALLS_PER_POS = 1
    for number in (bill.number for bill in shop.bills):
        assert shop.charge(bill_numbers=[number]).payment.state == "captured"


def test_a_refund_beyond_the_cap_is_refused_and_nothing_is_written(shop, settings):
    payment = shop.charge().payment
    end = taken(shop.pos, settings.GATEWAY_CALLS_PER_POS)
    with pytest.raises(GatewayUnavailableError):
        refund_payment(payment, amount=None, reason="x", user_id=None)
    end()
    assert not Refund.objects.exists()


def test_the_api_answers_503_to_a_refund_beyond_the_cap(shop, ada, settings):
    payment = shop.charge().payment
    end = taken(shop.pos, settings.GATEWAY_CALLS_PER_POS)
    answer = client_of(ada).post(f"/api/v1/payments/{payment.pk}/refund/", {"reason": "x"})
    end()
    assert (answer.status_code, answer.json()["error_code"]) == (503, "payment_100_14")


def test_a_key_is_free_again_after_a_503(shop, ada, settings):
    payment = shop.charge().payment
    end = taken(shop.pos, settings.GATEWAY_CALLS_PER_POS)
    url, body, client = f"/api/v1/payments/{payment.pk}/refund/", {"reason": "x"}, client_of(ada)
    assert client.post(url, body, headers={"Idempotency-Key": "k"}).status_code == 503
    end()
    answer = client.post(url, body, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["status"]) == (200, "done")


def test_status_queries_have_a_cap_of_their_own(shop, settings):
    payment = shop.charge(bill_numbers=[shop.bills[0].number]).payment
    end = taken(shop.pos, settings.GATEWAY_QUERIES_PER_POS, is_query=True)
    with pytest.raises(GatewayUnavailableError):
        reconcile.query_status(payment)
    assert shop.charge(bill_numbers=[shop.bills[1].number]).payment.state == "captured"
    end()
    assert not PaymentAttempt.objects.filter(operation="status").exists()


def test_a_completion_beyond_the_cap_ends_without_a_charge(shop, settings):
    payment, browser, back = pay(shop)
    end = taken(shop.pos, settings.GATEWAY_CALLS_PER_POS)
    browser.submit(back)
    end()
    payment.refresh_from_db()
    assert (payment.state, payment.reason) == ("failed", "not_reached")
    assert not payment.payment_bills.filter(is_open=True).exists()


def test_an_open_breaker_is_bimetris_gateway_unavailable(transactional_db, settings):
    shop = make_portal_shop()
    settings.GATEWAY_BREAKER_FAILURES = 1
    breaker.count_failure(shop.pos.pk)
    answer = add(portal_client())
    assert answer.status_code == 500
    assert answer.json()["error"] == "GatewayUnavailableException"
    assert not Payment.objects.exists()


def test_calls_without_an_answer_open_the_breaker(shop, settings):
    settings.GATEWAY_BREAKER_FAILURES = 2
    for bill in shop.bills:
        assert shop.charge(NO_ANSWER, bill_numbers=[bill.number]).payment.state == "unknown"
    assert breaker.read_state(shop.pos.pk).is_open


def test_an_answer_between_two_failures_starts_the_count_again(transactional_db, settings):
    settings.GATEWAY_BREAKER_FAILURES = 2
    shop = make_shop(amounts=("10", "20", "30"))
    for number, bill in zip((NO_ANSWER, "4111111111111012", NO_ANSWER), shop.bills, strict=True):
        shop.charge(number, bill_numbers=[bill.number])
    assert breaker.read_state(shop.pos.pk) == breaker.BreakerState(failures=1)


def test_the_answer_to_the_one_call_that_tries_again_closes_the_breaker(opened):
    with pytest.raises(GatewayUnavailableError):
        opened.charge()
    let_it_try_again(opened.pos)
    assert opened.charge().payment.state == "captured"
    assert breaker.read_state(opened.pos.pk) == breaker.BreakerState()


def test_no_answer_to_it_opens_the_breaker_again(opened):
    let_it_try_again(opened.pos)
    opened.charge(NO_ANSWER)
    assert breaker.read_state(opened.pos.pk).is_open


def test_a_try_that_was_not_sent_leaves_it_to_the_next(opened):
    let_it_try_again(opened.pos)
    with admitted(opened.pos.pk):
        pass  # reserving the bills failed
    assert breaker.read_state(opened.pos.pk).is_half_open


def test_three_d_is_started_half_open_and_its_completion_tries_the_bank(opened):
    let_it_try_again(opened.pos)
    payment, browser, back = pay(opened)
    assert breaker.read_state(opened.pos.pk).is_half_open
    browser.submit(back)
    payment.refresh_from_db()
    assert payment.state == "captured"
    assert breaker.read_state(opened.pos.pk) == breaker.BreakerState()


def test_status_queries_neither_feed_nor_need_the_breaker(opened):
    other = make_shop(first_number=90001)
    payment = other.charge("4111111111111046").payment
    breaker.count_failure(other.pos.pk)
    breaker.count_failure(other.pos.pk)
    assert reconcile.query_status(payment).state == "captured"
    assert breaker.read_state(other.pos.pk).is_open


def test_of_many_at_once_one_tries_the_bank(opened, settings):
    """Live: each on its own connection."""
    settings.GATEWAY_CALLS_PER_POS = 6
    let_it_try_again(opened.pos)
    barrier, entered, refused = threading.Barrier(6), [], []
    all_asked = threading.Barrier(6)

    def try_it():
        barrier.wait(10)
        try:
            with admitted(opened.pos.pk):
                entered.append(1)
                all_asked.wait(10)
        except GatewayUnavailableError:
            refused.append(1)
            all_asked.wait(10)
        connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (len(entered), len(refused)) == (1, 5)


def test_a_charge_costs_one_read_more_and_no_write(shop, django_assert_num_queries):
    with django_assert_num_queries(1), admitted(shop.pos.pk):
        pass
    shop.charge()
    assert not CircuitBreaker.objects.exists()


def test_the_desk_shows_an_open_breaker_and_closes_it(opened, browser, olivia, aydin):
    desk = browser(olivia)
    alerts = {alert.text: alert for alert in desk.get("/admin/").context["alerts"]}
    alert = alerts["POS whose bank does not answer: they are not called at the moment."]
    assert alert.count == 1
    assert opened.pos.name in desk.get(alert.url).content.decode()
    row = CircuitBreaker.objects.get()
    assert press(browser(aydin), row, "reset").status_code == 403
    assert breaker.read_state(opened.pos.pk).is_open
    press(desk, row, "reset")
    assert breaker.read_state(opened.pos.pk) == breaker.BreakerState()
