"""Background jobs; procrastinate finds this module by its name."""

from django.db.models.functions import Now
from procrastinate.contrib.django import app

from config.kit.attempts.models import AttemptCounter


@app.periodic(cron="13 * * * *")
@app.task(name="attempts.purge", queueing_lock="attempts.purge")
def purge(timestamp: int) -> None:
    AttemptCounter.objects.filter(ends_at__lt=Now()).delete()
