"""Background jobs; procrastinate finds this module by its name."""

from procrastinate.contrib.django import app

from config.kit.identity import failures, logins, unused


@app.periodic(cron="23 3 * * *")
@app.task(name="identity.purge_logins", queueing_lock="identity.purge_logins", pass_context=False)
def purge_logins(timestamp: int) -> None:
    """Each night."""
    logins.purge()
    failures.purge()


@app.periodic(cron="37 3 * * *")
@app.task(name="identity.unused", queueing_lock="identity.unused", pass_context=False)
def switch_off_unused_accounts(timestamp: int) -> None:
    unused.switch_off()
