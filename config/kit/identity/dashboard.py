"""The dashboard's part: what waits for a second person."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit.admin.dashboard import Alert, can_view
from config.kit.admin.urls import list_url
from config.kit.identity.models import ConfigurationChange


def alerts(request: HttpRequest) -> Iterator[Alert]:
    if can_view(request, ConfigurationChange):
        waiting = ConfigurationChange.objects.waiting()
        url = f"{list_url(ConfigurationChange)}?state__exact=waiting"
        yield Alert(
            _("Changes of the configuration waiting for approval by a different user."),
            waiting,
            url,
        )
