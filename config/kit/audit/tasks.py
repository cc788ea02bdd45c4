"""Background jobs; procrastinate finds this module by its name."""

from procrastinate.contrib.django import app

from config.kit.audit import seals


@app.periodic(cron="*/5 * * * *")
@app.task(name="audit.seal", queueing_lock="audit.seal", pass_context=False)
def seal(timestamp: int) -> None:
    """Sign and anchor the head of the log, every five minutes."""
    seals.seal()
