"""Background jobs of billing; procrastinate finds this module by its name."""

import logging

from procrastinate.contrib.django import app

from billing.models import Payment
from billing.services import reconcile

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="billing.reconcile_due", queueing_lock="billing.reconcile_due", pass_context=False)
def reconcile_due(timestamp: int) -> None:
    """Each minute: defer a question for each payment whose time has come."""
    for key in reconcile.due():
        ask_bank.defer(payment_id=key)


@app.task(name="billing.ask_bank")
def ask_bank(payment_id: int) -> None:
    reconcile.ask(Payment.objects.select_related("pos", "channel").get(pk=payment_id))
