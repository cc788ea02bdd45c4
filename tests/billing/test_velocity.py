"""Limits before the bank: tries that took no money, for each bill, card, account and address."""

import threading
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.db import connection
from django.db.models import F

from billing.errors import BillPaymentInProgressError, VelocityLimitError
from billing.models import Payment, VelocityCounter
from billing.services import velocity
from billing.states import PaymentState
from payments.gateways.types import Payer
from tests.billing.conftest import GOOD_CARD, make_shop
from tests.contracts.bimetri.conftest import add, make_portal_shop, portal_client

REFUSED = "4111111111111012"
LIMITS = ("BILL", "CARD", "ACCOUNT", "ADDRESS")


@pytest.fixture
def only(settings):
    """One limit of 3, the others off."""

    def of(name: str) -> None:
        for limit in LIMITS:
            setattr(settings, f"VELOCITY_PER_{limit}", 3 if limit == name else 0)

    return of


def tries(shop, count: int, number: str = REFUSED, **more) -> int:
    """How many of so many tries reach the bank."""
    sent = 0
    for _ in range(count):
        try:
            shop.charge(number, **more)
            sent += 1
        except VelocityLimitError:
            pass
    return sent


def test_of_sixty_declined_tries_on_a_bill_five_reach_the_bank(shop):
    assert tries(shop, 60) == 5
    assert Payment.objects.count() == 5


@pytest.mark.parametrize("name", LIMITS)
def test_each_limit_counts(shop, only, name):
    only(name)
    assert tries(shop, 5) == 3


def test_another_bill_card_account_and_address_have_their_own(shop, only):
    other, first = make_shop(first_number=70001), [shop.bills[0].number]
    for name, different in {
        "BILL": {"bill_numbers": [shop.bills[1].number]},
        "CARD": {"number": "4111111111111020"},
        "ADDRESS": {"payer": Payer(ip="198.51.100.7")},
    }.items():
        only(name)
        VelocityCounter.objects.all().delete()
        assert tries(shop, 4, bill_numbers=first) == 3
        assert tries(shop, 1, **{"bill_numbers": first, **different}) == 1
    only("ACCOUNT")
    assert tries(shop, 4) == 3
    assert tries(other, 1) == 1


def test_a_payment_that_took_money_is_no_try(transactional_db, only):
    only("CARD")
    shop = make_shop(amounts=("1", "2", "3", "4", "5"))
    for bill in shop.bills:
        assert shop.charge(bill_numbers=[bill.number]).payment.state == PaymentState.CAPTURED


def test_what_never_reached_the_bank_is_no_try(shop, only):
    only("BILL")
    assert tries(shop, 5, "4111111111111079") == 5


def test_the_window_slides(shop, only, settings):
    only("BILL")
    assert tries(shop, 4) == 3
    oldest = Payment.objects.earliest("pk")
    passed = timedelta(seconds=settings.VELOCITY_WINDOW_SECONDS + 1)
    Payment.objects.filter(pk=oldest.pk).update(created_date=F("created_date") - passed)
    assert tries(shop, 4) == 1


def test_a_portals_own_address_is_not_counted(shop, only, settings):
    only("ADDRESS")
    settings.VELOCITY_EXEMPT_NETWORKS = [ip_network("127.0.0.0/8")]
    assert tries(shop, 4) == 4


def test_addresses_of_one_ipv6_network_are_one(shop, only):
    only("ADDRESS")
    sent = [tries(shop, 1, payer=Payer(ip=f"2001:db8::{number}")) for number in range(1, 6)]
    assert sum(sent) == 3


def test_nothing_readable_is_stored(shop):
    shop.charge(payer=Payer(ip="198.51.100.7"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM billing_velocitycounter")
        keys = [row[0] for row in cursor.fetchall()]
    assert len(keys) == 5  # two bills, account, card, address
    for value in (GOOD_CARD, GOOD_CARD[:8], "198.51.100.7"):
        assert not any(value in key.partition(":")[2] for key in keys)


def test_idle_counters_are_forgotten(shop, settings):
    shop.charge()
    assert velocity.purge() == 0
    settings.VELOCITY_WINDOW_SECONDS = -1
    assert velocity.purge() == 5


def test_bimetri_answers_429(transactional_db, settings):
    settings.VELOCITY_PER_BILL = 1
    make_portal_shop()
    client = portal_client()
    assert add(client, CardNumber=REFUSED).status_code == 400
    answer = add(client, CardNumber=REFUSED)
    assert (answer.status_code, answer.json()["error"]) == (429, "TooManyRequestsException")


def test_payers_at_the_same_moment_cannot_pass_a_limit_together(transactional_db, only):
    """Live: eight payers of different bills with one card, each on its own connection."""
    only("CARD")
    shop = make_shop(amounts=tuple(str(10 + number) for number in range(8)))
    barrier, sent, refused = threading.Barrier(8), [], []

    def pay(number):
        barrier.wait(10)
        try:
            shop.charge(REFUSED, bill_numbers=[number])
            sent.append(number)
        except VelocityLimitError:
            refused.append(number)
        except BillPaymentInProgressError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=pay, args=(bill.number,)) for bill in shop.bills]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(sent), len(refused)) == (3, 5)
    assert Payment.objects.count() == 3
