from typing import Any

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.kit.lib.encrypted_model import EncryptedModel
from config.kit.lib.encryption import EncryptedJSONField
from payments.models.base import CHANNEL_IS_FIXED, Dated, SlugField, tracked

# Every identity that a POS has had, kept whatever code writes the row. The secrets of the present one follow the POS:
# a new password is for the old payments of the same terminal, too.
KEEPS_VERSIONS = pgtrigger.Trigger(
    name="keeps_versions",
    operation=pgtrigger.Insert | pgtrigger.Update,
    when=pgtrigger.After,
    func="""
        INSERT INTO payments_posversion
            (pos_id, identity, gateway, config, secret_config, resource_url, three_d_resource_url, created_at)
        VALUES (
            NEW.id,
            md5(jsonb_build_array(NEW.gateway, NEW.config, NEW.resource_url, NEW.three_d_resource_url)::text),
            NEW.gateway, NEW.config, NEW.secret_config, NEW.resource_url, NEW.three_d_resource_url, now()
        )
        ON CONFLICT (pos_id, identity) DO UPDATE SET secret_config = EXCLUDED.secret_config
        WHERE payments_posversion.secret_config IS DISTINCT FROM EXCLUDED.secret_config;
        RETURN NULL;
    """,
)


@tracked(exclude=["secret_config"])
class POS(EncryptedModel, Dated):
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
    is_approved = models.BooleanField(
        _("Approved"),
        default=True,
        editable=False,
        help_text=_("Takes payments once a second person approved it."),
    )
    is_active = models.BooleanField(
        _("Switched on"),
        default=True,
        db_default=True,
        editable=False,
        help_text=_("Takes new payments. Payments it has taken are refunded and asked about all the same."),
    )

    class Meta:
        verbose_name = _("POS")
        verbose_name_plural = _("POS")
        ordering = ["pk"]
        permissions = [("view_pos_secrets", "Can see the secrets of a POS")]
        constraints = [models.UniqueConstraint(fields=["slug", "channel"], name="payments_pos_slug_channel")]
        triggers = [CHANNEL_IS_FIXED, KEEPS_VERSIONS]

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<POS {self.pk} {self.slug}>"


class PosVersionQuerySet(models.QuerySet["PosVersion"]):
    def of(self, pos: POS) -> "PosVersion":
        """The version that `pos` was when it was read, whatever its row says by now."""
        return self.get(
            pos=pos,
            gateway=pos.gateway,
            config=pos.config,
            resource_url=pos.resource_url,
            three_d_resource_url=pos.three_d_resource_url,
        )


class PosVersion(models.Model):
    """A POS as it is or was: gateway, merchant and terminal (its public config) and addresses.

    A payment keeps the version that it was made with: status queries and refunds go there, not to what the POS says
    today. Written by a trigger of the POS.
    """

    pos = models.ForeignKey(POS, verbose_name=_("POS"), on_delete=models.CASCADE, related_name="versions")
    identity = models.CharField(max_length=32, editable=False)
    gateway = models.CharField(_("Gateway"), max_length=128)
    config = models.JSONField(_("Config"), default=dict)
    secret_config: Any = EncryptedJSONField(default=dict, copy_of="pos")
    resource_url = models.URLField(_("Resource url"), max_length=200)
    three_d_resource_url = models.URLField(_("Three d resource url"), max_length=200, null=True, blank=True)
    created_at = models.DateTimeField(_("Created at"), auto_now_add=True)

    objects = PosVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Version of a POS")
        verbose_name_plural = _("Versions of POS")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["pos", "identity"], name="payments_posversion_identity")
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="identity_is_fixed",
                fields=["pos", "identity", "gateway", "config", "resource_url", "three_d_resource_url"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.pos_id}/{self.pk}"
