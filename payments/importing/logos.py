"""Bank logos that an import names by URL: which may be fetched, and the fetching (by payments/tasks.py)."""

import io
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.files.base import ContentFile
from django.db.backends.utils import CursorWrapper
from procrastinate.contrib.django import app

from config.kit.lib import http
from payments.logo_formats import FORMATS, NotALogoError, format_of
from payments.models import Bank

MAX_BYTES = 1024 * 1024
MAX_SECONDS = 20.0
JOB = "payments.fetch_bank_logo"  # payments/tasks.py, which stands above this module

_PAGE = 1_000


class LogoRefusedError(Exception):
    """The URL or what it answers cannot be a bank's logo; trying again does not help."""


def defer_fetches(cursor: CursorWrapper) -> None:
    """Defer a job for each new bank whose logo may be fetched, in the import's transaction."""
    last = 0
    while True:
        cursor.execute(
            "SELECT created.id, fresh.logo "
            "FROM import_created AS created JOIN import_new AS fresh USING (identity) "
            "WHERE fresh.logo IS NOT NULL AND created.id > %s ORDER BY created.id LIMIT %s",
            [last, _PAGE],
        )
        page = cursor.fetchall()
        if not page:
            return
        last = page[-1][0]
        wanted = [{"bank_id": bank_id} for bank_id, url in page if is_allowed(url)]
        if wanted:
            app.configure_task(JOB).batch_defer(*wanted)


def is_allowed(url: str) -> bool:
    """https, and one of settings.LOGO_HOSTS."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and parts.hostname in settings.LOGO_HOSTS and parts.port in (None, 443)
    except ValueError:
        return False


def fetch_logo(bank: Bank, *, client: httpx.Client | None = None) -> None:
    """Fetch and store the logo that `bank.logo_source` names.

    Raises LogoRefusedError, and httpx.HTTPError where the host may answer better another time.
    """
    url = bank.logo_source
    if not is_allowed(url):
        raise LogoRefusedError("not an https address of settings.LOGO_HOSTS")
    with client or http.client(public_only=True) as caller:
        try:
            answer = http.get_bytes(caller, url, max_bytes=MAX_BYTES, max_seconds=MAX_SECONDS)
        except (http.PrivateAddressError, http.ResponseTooLargeError) as error:
            raise LogoRefusedError(str(error)) from None
    store_logo(bank, answer.content)


def store_logo(bank: Bank, content: bytes) -> None:
    """Raises LogoRefusedError unless `content` is an image."""
    suffix = _checked_format(content)
    name = f"{bank.channel_id}-{bank.slug}.{suffix}"
    stored = Bank._meta.get_field("logo").storage.save(f"banks/{name}", ContentFile(content))
    if not Bank.objects.filter(pk=bank.pk, logo_source=bank.logo_source).update(logo=stored):
        Bank._meta.get_field("logo").storage.delete(stored)


def _checked_format(content: bytes) -> str:
    """The file name suffix of a complete image in a safe format. SVG can carry scripts and is refused."""
    try:
        return FORMATS[format_of(io.BytesIO(content))]
    except NotALogoError as error:
        raise LogoRefusedError(str(error)) from error
