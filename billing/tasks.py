"""Background jobs of billing; procrastinate finds this module by its name."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from billing.models import IdempotencyKey, Payment
from billing.services import add_method, card_expiries, interrupted, reconcile, refund
from config.kit.lib import days


@app.periodic(cron="* * * * *")
@app.task(name="billing.reconcile_due", queueing_lock="billing.reconcile_due", pass_context=False)
def reconcile_due(timestamp: int) -> None:
    """Each minute: defer a question for each payment whose time has come."""
    while keys := reconcile.due():
        for key in keys:
            ask_bank.defer(payment_id=key)


@app.periodic(cron="17 3 * * *")
@app.task(name="billing.forget_idempotency_keys")
def forget_idempotency_keys(timestamp: int) -> None:
    IdempotencyKey.objects.filter(created_at__lt=timezone.now() - timedelta(days=31)).delete()


@app.periodic(cron="23 4 * * *")
@app.task(name="billing.tell_expiring_cards")
def tell_expiring_cards(timestamp: int) -> None:
    """Each day: an event for each card that expires soon."""
    card_expiries.record_expiries(days.today())


@app.periodic(cron="*/5 * * * *")
@app.task(name="billing.close_method_events", queueing_lock="billing.close_method_events")
def close_method_events(timestamp: int) -> None:
    """What requests that died have left open."""
    add_method.close_left_open()


@app.task(name="billing.ask_bank")
def ask_bank(payment_id: int) -> None:
    reconcile.ask(Payment.objects.select_related("pos", "pos_version", "channel").get(pk=payment_id))


@app.periodic(cron="* * * * *")
@app.task(name="billing.send_scheduled_refunds", queueing_lock="billing.send_scheduled_refunds")
def send_scheduled_refunds(timestamp: int) -> None:
    """Refunds that came before the bank had closed its day."""
    for key in refund.due_refunds():
        refund.send_scheduled(key)


@app.periodic(cron="*/5 * * * *")
@app.task(name="billing.close_interrupted_callbacks", queueing_lock="billing.close_interrupted_callbacks")
def close_interrupted_callbacks(timestamp: int) -> None:
    """Callbacks whose process died before the verdict: the bank is queried instead."""
    interrupted.close_interrupted_callbacks()
