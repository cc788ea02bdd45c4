"""Background jobs of the vault; procrastinate finds this module by its name."""

from procrastinate.contrib.django import app

from vault.services import retention


@app.periodic(cron="41 3 * * *")
@app.task(name="vault.remove_old_cards", queueing_lock="vault.remove_old_cards", pass_context=False)
def remove_old_cards(timestamp: int) -> None:
    """Each night."""
    retention.remove_old_cards()
