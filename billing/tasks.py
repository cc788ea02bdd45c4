"""Background jobs of billing; procrastinate finds this module by its name."""

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status
from procrastinate.tasks import Task

from billing.errors import GatewayUnavailableError
from billing.models import IdempotencyKey, Payment, Refund
from billing.services import (
    add_method,
    card_expiries,
    card_number_sweep,
    interrupted,
    late_money,
    reconcile,
    refund,
    roll_up,
    velocity,
)
from billing.statements import journal, runs
from config.kit.lib import days

logger = logging.getLogger(__name__)

BANK_QUEUE = "bank"
"""Jobs that call a bank. Only a few run for one POS at a time, so that a slow bank leaves workers for the others."""

JOB_DAYS, FAILED_JOB_DAYS = 2, 31
"""How long jobs are kept that have ended."""

_threads = ThreadPoolExecutor(max_workers=64, thread_name_prefix="bank")
"""The worker's --concurrency is the limit. asyncio's own threads are few on a machine with few cores."""


@app.periodic(cron="* * * * *")
@app.task(name="billing.reconcile_due", queueing_lock="billing.reconcile_due", pass_context=False)
def reconcile_due(timestamp: int) -> None:
    """Each minute: queue a status query for each payment that is due."""
    while keys := reconcile.claim_due():
        for key, pos_id in Payment.objects.filter(pk__in=keys).values_list("pk", "pos_id"):
            _defer_at_pos(query_status, pos_id, key, payment_id=key)


@app.periodic(cron="* * * * *")
@app.task(name="billing.roll_up", queueing_lock="billing.roll_up", pass_context=False)
def roll_up_payments(timestamp: int) -> None:
    """Each minute: the sums that the dashboard reads."""
    roll_up.roll_up()


@app.periodic(cron="17 3 * * *")
@app.task(name="billing.purge_idempotency_keys")
def purge_idempotency_keys(timestamp: int) -> None:
    IdempotencyKey.objects.filter(created_at__lt=timezone.now() - timedelta(days=31)).delete()


@app.periodic(cron="23 4 * * *")
@app.task(name="billing.record_expiring_cards")
def record_expiring_cards(timestamp: int) -> None:
    """Each day: add an event for each card that expires soon."""
    card_expiries.record_expiries(days.today())


@app.periodic(cron="37 2 * * *")
@app.task(name="billing.find_card_numbers", queueing_lock="billing.find_card_numbers")
def find_card_numbers(timestamp: int) -> None:
    """Each night: look for card numbers at rest, and open a case for each place."""
    for finding in card_number_sweep.sweep():
        logger.error("Card numbers are stored in %s: %s", finding.place, finding.count)


@app.periodic(cron="17 4 * * *")
@app.task(name="billing.reconcile_statements", queueing_lock="billing.reconcile_statements")
def reconcile_statements(timestamp: int) -> None:
    """Each night: look at the statements again with what has become known, and post the journal."""
    runs.reconcile_all()
    journal.post_journal()


@app.periodic(cron="*/5 * * * *")
@app.task(name="billing.close_method_events", queueing_lock="billing.close_method_events")
def close_method_events(timestamp: int) -> None:
    """Close events that interrupted requests have left open."""
    add_method.close_abandoned_events()


@app.task(name="billing.query_status", queue=BANK_QUEUE, aliases=["billing.ask_bank"])
async def query_status(payment_id: int, user_id: int | None = None, note: str = "") -> None:
    """`user_id` and `note`: who asks, and why, where it is a person."""
    await _in_thread(partial(_query_status, user_id=user_id, note=note), payment_id)


def ask_banks(payments: Iterable[Payment], *, user_id: int, note: str) -> None:
    """Queue a status query for each payment, in the caller's transaction. The bank is called by a worker."""
    for payment in payments:
        _defer_at_pos(
            query_status, payment.pos_id, payment.pk, payment_id=payment.pk, user_id=user_id, note=note
        )


@app.task(name="billing.send_scheduled_refund", queue=BANK_QUEUE)
async def send_scheduled_refund(refund_id: int) -> None:
    await _in_thread(refund.send_scheduled, refund_id)


@app.periodic(cron="* * * * *")
@app.task(name="billing.send_scheduled_refunds", queueing_lock="billing.send_scheduled_refunds")
def send_scheduled_refunds(timestamp: int) -> None:
    """Each minute: queue refunds that were waiting for the end of the bank's day."""
    due = Refund.objects.filter(pk__in=refund.due_refunds())
    for key, pos_id in due.values_list("pk", "payment__pos_id"):
        _defer_at_pos(send_scheduled_refund, pos_id, key, refund_id=key)


@app.periodic(cron="* * * * *")
@app.task(name="billing.release_stalled_jobs", queueing_lock="billing.release_stalled_jobs")
async def release_stalled_jobs(timestamp: int) -> None:
    """Queue jobs again whose worker died, unless others do their work: periodic ones come again by themselves, and
    payments, refunds and deliveries stay due. Those are failed, because jobs of banks hold a lock of their POS.
    """
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=settings.WORKER_SEEN_SECONDS)
    for job in stalled:
        if job.queueing_lock is None and "timestamp" not in job.task_kwargs:
            await app.job_manager.retry_job(job)
        else:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)


@app.periodic(cron="57 3 * * *")
@app.task(name="billing.purge_jobs", queueing_lock="billing.purge_jobs")
async def purge_jobs(timestamp: int) -> None:
    """Each night: jobs that have ended. Failed ones are kept longer, for whoever looks into them."""
    await app.job_manager.delete_old_jobs(24 * JOB_DAYS, include_cancelled=True, include_aborted=True)
    await app.job_manager.delete_old_jobs(24 * FAILED_JOB_DAYS, include_failed=True)


@app.periodic(cron="47 * * * *")
@app.task(name="billing.purge_velocity_counters")
def purge_velocity_counters(timestamp: int) -> None:
    velocity.purge()


@app.periodic(cron="* * * * *")
@app.task(name="billing.refund_late_money", queueing_lock="billing.refund_late_money")
def refund_late_money(timestamp: int) -> None:
    """Each minute: refund late captures on channels whose conf demands it."""
    late_money.refund_late_money()


@app.periodic(cron="*/5 * * * *")
@app.task(name="billing.close_interrupted_callbacks", queueing_lock="billing.close_interrupted_callbacks")
def close_interrupted_callbacks(timestamp: int) -> None:
    """Close callbacks whose process died before it had verified them, and query the bank instead."""
    interrupted.close_interrupted_callbacks()


def _defer_at_pos(task: Task[Any, Any, Any], pos_id: int | None, key: int, **arguments: Any) -> None:
    """Queue a job unless it is queued already, with one of the POS's GATEWAY_QUERIES_PER_POS locks."""
    slot = key % settings.GATEWAY_QUERIES_PER_POS
    with suppress(AlreadyEnqueued):
        task.configure(lock=f"pos {pos_id}.{slot}", queueing_lock=f"{task.name} {key}").defer(**arguments)


async def _in_thread(work: Callable[[int], object], key: int) -> None:
    """Through `sync_to_async`, so that the thread queues other jobs in this event loop, to which the pool of
    connections belongs. In a loop of its own it could wait for a connection for ever.
    """

    def run() -> None:
        try:
            work(key)
        finally:
            connection.close()  # back to the pool: the next job may be in another thread

    await sync_to_async(run, thread_sensitive=False, executor=_threads)()


def _query_status(payment_id: int, *, user_id: int | None, note: str) -> None:
    payment = Payment.objects.select_related("pos", "pos_version", "channel").get(pk=payment_id)
    with suppress(GatewayUnavailableError):  # due again after its delay
        reconcile.query_status(payment, user_id=user_id, note=note)
