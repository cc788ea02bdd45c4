"""Bank logos that an import names by URL: which may be fetched, and the fetching (by payments/tasks.py)."""

import io
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.files.base import ContentFile
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_noop
from procrastinate.contrib.django import app

from config.kit.importing.reasons import Reason
from config.kit.lib import http
from payments.logo_formats import FORMATS, NotALogoError, format_of
from payments.models import Bank

MAX_BYTES = 1024 * 1024
MAX_SECONDS = 20.0
JOB = "payments.fetch_bank_logo"  # payments/tasks.py, which stands above this module

_PAGE = 1_000

_NO_ADDRESS = Reason("logo_no_address", gettext_noop("logo is not fetched: no address of a host"))
_NOT_HTTPS = Reason("logo_not_https", gettext_noop("logo is not fetched: only https addresses are"))
_PRIVATE = Reason("logo_host_private", gettext_noop("logo is not fetched: its host is a private address"))
_HOST_NOT_ALLOWED = Reason(
    "logo_host_not_allowed", gettext_noop("logo is not fetched: its host is not allowed")
)
_OTHER_PORT = Reason("logo_other_port", gettext_noop("logo is not fetched: only port 443 is asked"))
NEVER_FETCHED = (_NO_ADDRESS, _NOT_HTTPS, _PRIVATE, _HOST_NOT_ALLOWED, _OTHER_PORT)


class LogoRefusedError(Exception):
    """The URL or what it answers cannot be a bank's logo; trying again does not help."""


def defer_fetches(cursor: CursorWrapper) -> None:
    """Defer a job for each new bank whose logo may be fetched, in the import's transaction."""
    last = 0
    while True:
        cursor.execute(
            "SELECT created.id "
            "FROM import_created AS created JOIN import_new AS fresh USING (identity) "
            "WHERE fresh.logo IS NOT NULL AND fresh.logo_note IS NULL AND created.id > %s ORDER BY created.id LIMIT %s",
            [last, _PAGE],
        )
        page = cursor.fetchall()
        if not page:
            return
        last = page[-1][0]
        app.configure_task(JOB).batch_defer(*({"bank_id": bank_id} for (bank_id,) in page))


def never_fetched(url: str) -> Reason | None:
    """Why this address is not even tried: https, port 443 and a host of settings.LOGO_HOSTS are, no private ones."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return _NO_ADDRESS
    if parts.scheme != "https":
        return _NOT_HTTPS
    if _is_private(host):
        return _PRIVATE
    if host not in settings.LOGO_HOSTS:
        return _HOST_NOT_ALLOWED
    return None if port in (None, 443) else _OTHER_PORT


def _is_private(host: str) -> bool:
    """Of addresses in numbers and of this machine's name; what other names stand for is looked up when fetching."""
    try:
        return not http.is_public(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def fetch_logo(bank: Bank, *, client: httpx.Client | None = None) -> None:
    """Fetch and store the logo that `bank.logo_source` names.

    Raises LogoRefusedError, and httpx.HTTPError where the host may answer better another time.
    """
    url = bank.logo_source
    if reason := never_fetched(url):
        raise LogoRefusedError(reason.text)
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
