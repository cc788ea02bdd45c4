"""Refunds of one payment at a time."""

import threading
from decimal import Decimal

from django.db import connection

from tests.conftest import client_of
from tests.support.factories import UserFactory


def test_two_refunds_of_60_on_100_at_a_time_are_one(shop):
    boss = UserFactory(is_superuser=True)
    payment = shop.charge(bill_numbers=[shop.bills[1].number]).payment  # 89.90
    barrier, answers = threading.Barrier(4), []

    def give_back():
        barrier.wait(10)
        url = f"/api/v1/payments/{payment.pk}/refund/"
        answers.append(client_of(boss).post(url, {"amount": "60", "reason": "x"}))
        connection.close()

    threads = [threading.Thread(target=give_back) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answer.status_code for answer in answers) == [200, 406, 406, 406]
    payment.refresh_from_db()
    assert payment.refunded_amount == Decimal(60)
