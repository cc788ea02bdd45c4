"""Background jobs of the payments app; procrastinate finds this module by its name."""

import logging

import httpx
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from payments.importing import jobs, uploads
from payments.importing.logos import JOB, LogoRefusedError, fetch_logo
from payments.models import Bank

logger = logging.getLogger(__name__)


@app.periodic(cron="*/15 * * * *")
@app.task(name="payments.remove_old_uploads", queueing_lock="payments.remove_old_uploads")
def remove_old_uploads(timestamp: int) -> None:
    """Files that were uploaded and never confirmed, and imports of yesterday."""
    uploads.remove_old()
    jobs.remove_old()


@app.task(name=jobs.JOB, pass_context=False)
def run_import(job: str) -> None:
    jobs.run(job)


@app.task(
    name=JOB,
    retry=RetryStrategy(max_attempts=5, exponential_wait=30, retry_exceptions=[httpx.HTTPError]),
)
def fetch_bank_logo(bank_id: int) -> None:
    """Fetch the logo that an import named. A refusal is logged and final."""
    bank = Bank.objects.filter(pk=bank_id).exclude(logo_source="").first()
    if bank is None:
        return
    try:
        fetch_logo(bank)
    except LogoRefusedError as error:
        logger.warning("Logo of bank %s refused: %s", bank_id, error)
