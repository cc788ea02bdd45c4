"""Jobs that call banks: their own queue, and a few locks for each POS."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.db.models.functions import Now
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from billing import tasks
from billing.hub import subscriptions
from billing.hub import tasks as hub_tasks
from billing.models import Payment, PaymentAttempt, Refund, RefundKind
from billing.states import PaymentState, RefundState
from tests.billing.conftest import make_shop
from tests.billing.test_banks import shop_at
from tests.support.bank.client import BankProcess, wait_until

UNREADABLE = "4111111111111053"
TIMEOUT_AFTER_DEBIT = "4111111111111046"


@pytest.fixture(autouse=True)
def _no_other_jobs(transactional_db, settings):
    """Jobs are not emptied with the other tables."""
    settings.GATEWAY_QUERIES_PER_POS = 2
    ProcrastinateJob.objects.all()._raw_delete("default")


def in_doubt(shop) -> list[Payment]:
    payments = [shop.charge(UNREADABLE, bill_numbers=[bill.number]).payment for bill in shop.bills]
    Payment.objects.update(next_check_at=Now() - timedelta(seconds=1))
    return payments


@pytest.fixture
def two_banks(transactional_db, settings):
    settings.GATEWAY_BREAKER_FAILURES = 100
    settings.VELOCITY_PER_CARD = 0
    return make_shop(amounts=("1", "2", "3", "4", "5")), make_shop(amounts=("1",), first_number=70001)


def in_a_thread(function) -> None:
    """A browser's test may have left an event loop in this thread."""
    with ThreadPoolExecutor(1) as executor:
        executor.submit(function).result(60)


def run_worker(concurrency: int = 2) -> None:
    """Until the queue is empty."""
    in_a_thread(lambda: _run_worker(concurrency))


def _run_worker(concurrency: int) -> None:
    with app.replace_connector(app.connector.get_worker_connector()):
        app.run_worker(
            queues=[tasks.BANK_QUEUE], wait=False, concurrency=concurrency, install_signal_handlers=False
        )


def waiting(task: str = "billing.query_status"):
    return ProcrastinateJob.objects.filter(task_name=task, status="todo")


def test_queries_at_one_pos_wait_behind_its_locks_and_no_others(two_banks, settings):
    slow, other = two_banks
    in_doubt(slow)
    in_doubt(other)
    tasks.reconcile_due(0)
    locks = Counter(waiting().values_list("lock", flat=True))
    assert set(waiting().values_list("queue_name", flat=True)) == {"bank"}
    of_slow = [lock for lock in locks if lock.startswith(f"pos {slow.pos.pk}.")]
    assert len(of_slow) == settings.GATEWAY_QUERIES_PER_POS
    assert sum(locks[lock] for lock in of_slow) == 5
    assert sum(locks.values()) == 6


def test_a_payment_whose_query_waits_is_not_queued_again(two_banks):
    slow, _other = two_banks
    in_doubt(slow)
    for _ in range(3):
        tasks.reconcile_due(0)
        Payment.objects.update(next_check_at=Now() - timedelta(seconds=1))
    assert waiting().count() == 5


def test_scheduled_refunds_are_jobs_of_their_pos(two_banks):
    _slow, shop = two_banks
    payment = shop.charge().payment
    waits = Refund.objects.create(
        payment=payment,
        kind=RefundKind.REFUND,
        amount=payment.amount,
        reason="x",
        state=RefundState.SCHEDULED,
        send_after=Now() - timedelta(seconds=1),
    )
    for _ in range(2):
        tasks.send_scheduled_refunds(0)
    job = waiting("billing.send_scheduled_refund").get()
    assert (job.args, job.queue_name) == ({"refund_id": waits.pk}, "bank")
    assert job.lock.startswith(f"pos {shop.pos.pk}.")
    run_worker()
    waits.refresh_from_db()
    assert waits.state == RefundState.DONE


def test_a_slow_bank_does_not_delay_the_questions_of_another(transactional_db, settings):
    settings.GATEWAY_TIMEOUT_SECONDS, settings.IN_FLIGHT_SECONDS = 8, 0
    with BankProcess(seed=1) as bank:
        slow = shop_at("nestpay", bank)
        bank.fault("drop_after", operation="sale", gateway="nestpay")
        payments = [slow.charge(slow.good.number, bill_numbers=[bill.number]).payment for bill in slow.bills]
        shop = make_shop(amounts=("1",), first_number=70001)
        other = shop.charge(TIMEOUT_AFTER_DEBIT).payment
        bank.fault("delay_before", operation="status", gateway="nestpay", seconds=3)
        Payment.objects.update(next_check_at=Now() - timedelta(seconds=1))
        for _ in range(10):  # many more questions at the slow bank, all before the other's
            for number, payment in enumerate(payments):
                tasks.query_status.configure(lock=f"pos {slow.pos.pk}.{number}").defer(payment_id=payment.pk)
        tasks.reconcile_due(0)
        worker = threading.Thread(target=run_worker, kwargs={"concurrency": 4})
        worker.start()
        assert wait_until(lambda: Payment.objects.get(pk=other.pk).state == PaymentState.CAPTURED, 20)
        answered = PaymentAttempt.objects.filter(payment__in=payments, operation="status").exclude(outcome="")
        assert answered.count() <= settings.GATEWAY_QUERIES_PER_POS
        ProcrastinateJob.objects.filter(status="todo").update(status="cancelled")
        worker.join(60)
    assert not worker.is_alive()


def release_jobs_of_a_dead_worker() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL")
    in_a_thread(lambda: async_to_sync(tasks.release_stalled_jobs.func)(0))


def test_the_lock_of_a_job_whose_worker_died_is_released(two_banks):
    _slow, shop = two_banks
    in_doubt(shop)
    tasks.reconcile_due(0)
    release_jobs_of_a_dead_worker()
    assert ProcrastinateJob.objects.get(task_name="billing.query_status").status == "failed"


def test_ended_jobs_are_removed_failed_ones_later(transactional_db):
    ended = {"succeeded": 3, "failed": 40, "cancelled": 3}
    for status, days in ended.items():
        for age in (days, 1):
            key = tasks.purge_idempotency_keys.defer(timestamp=0)
            ProcrastinateJob.objects.filter(pk=key).update(status=status)
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE procrastinate_events SET at = now() - make_interval(days => %s) WHERE job_id = %s",
                    [age, key],
                )
    in_a_thread(lambda: async_to_sync(tasks.purge_jobs.func)(0))
    assert sorted(ProcrastinateJob.objects.values_list("status", flat=True)) == sorted(ended)


def test_no_job_of_a_dead_worker_is_left_behind(transactional_db):
    """What nobody would queue again is queued again; the others come by themselves."""
    app.configure_task("payments.fetch_bank_logo").defer(bank_id=1)
    hub_tasks.enqueue(1)
    tasks.reconcile_due.configure(queueing_lock="x").defer(timestamp=0)
    tasks.purge_idempotency_keys.defer(timestamp=0)
    release_jobs_of_a_dead_worker()
    assert dict(ProcrastinateJob.objects.values_list("task_name", "status")) == {
        "payments.fetch_bank_logo": "todo",
        "billing.deliver_events": "failed",
        "billing.reconcile_due": "failed",
        "billing.purge_idempotency_keys": "failed",
    }


def test_jobs_that_queue_others_do_not_wait_for_each_other(transactional_db, settings):
    """A job's thread queues through the worker's event loop: its pool of connections belongs to that loop."""
    settings.GATEWAY_QUERIES_PER_POS = settings.GATEWAY_BREAKER_FAILURES = 100
    settings.VELOCITY_PER_CARD = settings.VELOCITY_PER_ACCOUNT = settings.VELOCITY_PER_ADDRESS = 0
    shop = make_shop(amounts=("1",) * 24)
    for number in range(10):
        subscriptions.register(
            callback=f"https://listener.example/{number}",
            query="",
            base_path="payment/v4",
            client="telco",
            created_by_id=None,
        )
    for bill in shop.bills:
        shop.charge(TIMEOUT_AFTER_DEBIT, bill_numbers=[bill.number])
    Payment.objects.update(next_check_at=Now() - timedelta(seconds=1))
    ProcrastinateJob.objects.all()._raw_delete("default")
    tasks.reconcile_due(0)
    run_worker(concurrency=16)
    jobs = ProcrastinateJob.objects.filter(task_name="billing.query_status")
    assert Counter(jobs.values_list("status", flat=True)) == {"succeeded": len(shop.bills)}
    assert set(Payment.objects.values_list("state", flat=True)) == {PaymentState.CAPTURED}
    assert waiting("billing.deliver_events").exists()
