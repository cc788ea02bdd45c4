from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from config.kit.lib.encryption import EncryptedJSONField
from payments.models.base import CHANNEL_IS_FIXED, Dated, SlugField, tracked


@tracked(exclude=["secret_config"])
class POS(Dated):
    """A merchant account at a bank's gateway, with the credentials to charge cards on it."""

    name = models.CharField(_("Name"), max_length=64)
    slug = SlugField(_("Slug"))
    gateway = models.CharField(_("Gateway"), max_length=128)
    config = models.JSONField(_("Config"), default=dict, blank=True)
    secret_config: Any = EncryptedJSONField(default=dict)
    secrets_revision = models.PositiveIntegerField(
        _("Secrets revision"), default=0, editable=False, help_text=_("Number of changes to secret fields.")
    )
    resource_url = models.URLField(_("Resource url"), max_length=200)
    three_d_resource_url = models.URLField(_("Three d resource url"), max_length=200, null=True, blank=True)
    channel = models.ForeignKey(
        "payments.Channel", verbose_name=_("Channel"), on_delete=models.PROTECT, related_name="pos"
    )

    class Meta:
        verbose_name = _("POS")
        verbose_name_plural = _("POS")
        ordering = ["pk"]
        permissions = [("view_pos_secrets", "Can see the secrets of a POS")]
        constraints = [models.UniqueConstraint(fields=["slug", "channel"], name="payments_pos_slug_channel")]
        triggers = [CHANNEL_IS_FIXED]

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<POS {self.pk} {self.slug}>"
