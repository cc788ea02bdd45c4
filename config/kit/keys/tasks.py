"""The hourly look at which keys there are."""

from procrastinate.contrib.django import app

from config.kit.keys.custody import remember


@app.periodic(cron="7 * * * *")
@app.task(name="keys.remember", queueing_lock="keys.remember", pass_context=False)
def remember_keys(timestamp: int) -> None:
    remember()
