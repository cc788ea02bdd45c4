"""Background jobs; procrastinate finds this module by its name."""

from procrastinate.contrib.django import app

from config.kit.identity import logins


@app.periodic(cron="23 3 * * *")
@app.task(name="identity.purge_logins", queueing_lock="identity.purge_logins", pass_context=False)
def purge_logins(timestamp: int) -> None:
    """Each night."""
    logins.purge()
