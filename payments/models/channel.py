from decimal import Decimal, InvalidOperation
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.kit.lib.money import validate_currency
from payments.models.base import Dated, SlugField, tracked
from payments.portal_origins import is_origin_list


@cache
def available_time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


@tracked()
class Channel(Dated):
    """A sales channel: a web shop, an app, a call centre. All other objects belong to one."""

    channel_path = "pk"

    name = models.CharField(_("Name"), max_length=128)
    slug = SlugField(_("Slug"))
    channel_type = models.CharField(_("Channel type"), max_length=64, default="web")
    is_active = models.BooleanField(_("Is active"), default=True)
    default_currency = models.CharField(
        _("Default currency"), max_length=3, default="TRY", validators=[validate_currency]
    )
    default_card = models.ForeignKey(
        "payments.Card",
        verbose_name=_("Default card"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="default_of_channels",
        db_constraint=False,  # the migration's key over (default_card, id) → (id, channel) covers it
        help_text=_("Used for cards with an unknown BIN."),
    )
    conf = models.JSONField(_("Conf"), default=dict, blank=True)

    class Meta:
        verbose_name = _("Channel")
        verbose_name_plural = _("Channels")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["slug"], name="payments_channel_slug")]

    def __str__(self) -> str:
        return self.name

    @property
    def refund_limit(self) -> Decimal:
        """`refund_limit` of its conf, else REFUND_LIMIT, in major units of its default currency. Not a number: 0."""
        try:
            limit = Decimal(str(self.conf.get("refund_limit", settings.REFUND_LIMIT)))
        except InvalidOperation:
            return Decimal(0)
        return limit if limit.is_finite() else Decimal(0)

    @property
    def portal_origins(self) -> list[str]:
        """`portal_origins` of its conf: portals whose pages may embed the payer's pages, and get the payer back."""
        origins = self.conf.get("portal_origins", [])
        return origins if is_origin_list(origins) else []

    @property
    def time_zone(self) -> ZoneInfo:
        """Time zone of the channel's days: `time_zone` of its conf, else CHANNEL_TIME_ZONE."""
        name = self.conf.get("time_zone")
        if isinstance(name, str) and name in available_time_zones():
            return ZoneInfo(name)
        return ZoneInfo(settings.CHANNEL_TIME_ZONE)
