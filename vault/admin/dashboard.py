"""The vault's tiles and warnings on the dashboard."""

from collections.abc import Iterator
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from config.kit.admin.dashboard import COUNTED_ROWS, Attention, Tile, large_tile, list_url, may_see
from vault.admin.keys import ends_soon
from vault.models import AccessLog, Action, ApiKey, StoredCard


def tiles(request: HttpRequest) -> Iterator[Tile]:
    if may_see(request, StoredCard):
        yield large_tile(_("Stored cards"), StoredCard)


def warnings(request: HttpRequest) -> Iterator[Attention]:
    if may_see(request, ApiKey):
        ending = ApiKey.objects.filter(ends_soon()).count()
        yield Attention(
            _("Merchant API keys that expire within 14 days."), ending, f"{list_url(ApiKey)}?status=soon"
        )
    if may_see(request, AccessLog):
        since = timezone.now() - timedelta(days=1)
        refused = AccessLog.objects.filter(action=Action.REFUSE, at__gte=since).order_by()
        text = _("Rejected requests with merchant API keys since yesterday.")
        url = f"{list_url(AccessLog)}?action__exact=refuse"
        yield Attention(text, refused[: COUNTED_ROWS + 1].count(), url)
