"""The workers' jobs about money in one loop: procrastinate's clock ticks in minutes, the proof has seconds."""

import os
import time
from pathlib import Path


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.db.models.functions import Now

    from billing.attempts.crash_points import arm
    from billing.models import Payment, Refund
    from billing.services import reconcile, refund
    from billing.states import RefundState

    arm(Path(os.environ["CRASH_FILE"]))
    while True:
        for key in reconcile.claim_due(limit=10):
            reconcile.query_status(Payment.objects.select_related("pos", "channel").get(pk=key))
        Refund.objects.filter(state=RefundState.SCHEDULED).update(send_after=Now())  # the day's end, now
        for key in refund.due_refunds():
            refund.send_scheduled(key)
        time.sleep(0.2)


if __name__ == "__main__":
    main()
