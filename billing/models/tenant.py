from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from payments.models.base import Dated, tracked


@tracked()
class Tenant(Dated):
    """A publisher's newspaper, identified by three codes. Payment methods need a valid configuration."""

    tenant_path = "pk"

    media_group_code = models.CharField(_("Media group code"), max_length=64)
    client_code = models.CharField(_("Client code"), max_length=64)
    paper_code = models.CharField(_("Paper code"), max_length=64)
    name = models.CharField(_("Name"), max_length=200)
    configuration: Any = models.JSONField(
        _("Configuration"),
        null=True,
        blank=True,
        help_text=_('{"payment_gateway": "…"}: short name of the gateway whose tokens its sites send.'),
    )
    is_active = models.BooleanField(_("Is active"), default=True)

    class Meta:
        verbose_name = _("Tenant")
        verbose_name_plural = _("Tenants")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["media_group_code", "client_code", "paper_code"], name="billing_tenant_codes"
            )
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class SourceSystem(Dated):
    """A system that can call the Naviga contract; the header X-SourceSystem has its code."""

    code = models.CharField(_("Code"), max_length=64)
    name = models.CharField(_("Name"), max_length=200)
    is_active = models.BooleanField(_("Is active"), default=True)

    class Meta:
        verbose_name = _("Source system")
        verbose_name_plural = _("Source systems")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["code"], name="billing_sourcesystem_code")]

    def __str__(self) -> str:
        return self.name
