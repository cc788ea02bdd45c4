"""Several payers of the same bills at a time."""

import threading

from django.db import connection

from billing.models import Payment
from tests.contracts.bimetri.conftest import add, make_portal_shop, portal_client


def test_of_many_payers_at_a_time_one_pays(transactional_db):
    make_portal_shop()
    clients = [portal_client() for _ in range(4)]
    barrier, answers = threading.Barrier(4), []

    def pay(client):
        barrier.wait(10)
        answers.append(add(client))
        connection.close()

    threads = [threading.Thread(target=pay, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
    others = {answer.json().get("error") for answer in answers} - {None}
    assert others <= {"BillPaymentInProgressException", "BillAlreadyPaidException"}
    assert Payment.objects.count() == 1
