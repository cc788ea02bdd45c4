"""The vault's tiles and warnings on the dashboard."""

from collections.abc import Iterator
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from config.kit.admin.dashboard import Alert, Tile, can_view
from config.kit.admin.urls import list_url
from vault.admin.keys import ends_soon
from vault.models import AccessLog, Action, ApiKey, StoredCard


def tiles(request: HttpRequest) -> Iterator[Tile]:
    if can_view(request, StoredCard):
        yield Tile(_("Stored cards"), StoredCard)


def alerts(request: HttpRequest) -> Iterator[Alert]:
    if can_view(request, ApiKey):
        ending = ApiKey.objects.filter(ends_soon())
        yield Alert(
            _("Merchant API keys that expire within 14 days."), ending, f"{list_url(ApiKey)}?status=soon"
        )
    if can_view(request, AccessLog):
        since = timezone.now() - timedelta(days=1)
        refused = AccessLog.objects.filter(action=Action.REFUSE, at__gte=since).order_by()
        text = _("Rejected requests with merchant API keys since yesterday.")
        url = f"{list_url(AccessLog)}?action__exact=refuse"
        yield Alert(text, refused, url)
