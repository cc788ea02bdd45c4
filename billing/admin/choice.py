"""What the dashboard is about: a period, a channel and a currency, chosen in its address."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.models import Payment
from config.kit.admin.urls import list_url
from config.kit.identity.access import reach_of
from config.kit.lib.days import start_of, today
from payments.models import Channel

PERIODS: dict[str, str | Promise] = {
    "today": _("Today"),
    "yesterday": _("Yesterday"),
    "7days": _("Last 7 days"),
    "30days": _("Last 30 days"),
}


@dataclass(frozen=True)
class Choice:
    """`first` and `last` are local days, both included."""

    period: str
    first: date
    last: date
    channel: Channel | None
    currency: str
    channels: tuple[Channel, ...]
    """All that the viewer may choose. Their ids limit what is read."""

    @property
    def channel_ids(self) -> list[int]:
        return [channel.pk for channel in ((self.channel,) if self.channel else self.channels)]

    def address(self, **changes: str) -> str:
        """The dashboard with another choice."""
        chosen = {"period": self.period, "currency": self.currency}
        if self.channel:
            chosen["channel"] = str(self.channel.pk)
        return f"?{urlencode({**chosen, **changes})}"

    def payments(self, **lookups: object) -> str:
        """The list of exactly the payments of this choice with these values."""
        period = {
            "created_date__gte": start_of(self.first),
            "created_date__lt": start_of(self.last + timedelta(days=1)),
        }
        chosen: dict[str, object] = {"currency__exact": self.currency, **period, **lookups}
        if self.channel:
            chosen["channel__id__exact"] = self.channel.pk
        return f"{list_url(Payment)}?{urlencode({name: _text(value) for name, value in chosen.items()})}"


def read_choice(request: HttpRequest) -> Choice:
    """Unknown values choose what is shown without any: today, all channels, and the currency of most channels."""
    channels = tuple(reach_of(request.user).limit(Channel.objects.order_by("name", "pk")))
    channel = next((known for known in channels if str(known.pk) == request.GET.get("channel")), None)
    period = request.GET.get("period", "")
    first, last = _days(period)
    return Choice(
        period=period if period in PERIODS else "today",
        first=first,
        last=last,
        channel=channel,
        currency=_currency(request.GET.get("currency", ""), [channel] if channel else list(channels)),
        channels=channels,
    )


def _days(period: str) -> tuple[date, date]:
    now = today()
    if period == "yesterday":
        return now - timedelta(days=1), now - timedelta(days=1)
    back = {"7days": 6, "30days": 29}.get(period, 0)
    return now - timedelta(days=back), now


def _currency(asked: str, channels: list[Channel]) -> str:
    if len(asked) == 3 and asked.isascii() and asked.isupper():
        return asked
    usual = [channel.default_currency for channel in channels]
    return max(sorted(set(usual)), key=usual.count, default="TRY")


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value)
