"""Tenants (newspapers) and the source systems that may call for them."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from billing import services
from billing.admin.base import BillingAdmin
from billing.models import SourceSystem, Tenant
from billing.services.tenant import gateway_of_tenant
from config.kit.admin.badge import badge
from config.kit.admin.channel_admin import MODIFIED_FILTER
from config.kit.admin.fields import JSONObjectField
from config.kit.admin.service_admin import ActivationAdmin


class ConfigurationField(JSONObjectField):
    """Shows `{}` as such: null means that the configuration is missing."""

    def prepare_value(self, value: Any) -> Any:
        return "{}" if value == {} else super().prepare_value(value)


@admin.register(Tenant)
class TenantAdmin(ActivationAdmin, BillingAdmin):
    empty_text = _("Tenants are the publications that Naviga's contract calls for.")
    service = services.tenants
    list_display = (
        "name",
        "media_group_code",
        "client_code",
        "paper_code",
        "shown_configuration",
        "is_active",
        "modified_date",
    )
    list_filter = ("is_active", MODIFIED_FILTER)
    search_fields = ("name", "media_group_code", "client_code", "paper_code")
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "name",
                    ("media_group_code", "client_code", "paper_code"),
                    "configuration",
                    "is_active",
                ]
            },
        )
    ]

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "configuration":
            return db_field.formfield(form_class=ConfigurationField, null=True, required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @display(description=_("Configuration"))
    def shown_configuration(self, tenant: Tenant) -> SafeString | str:
        """The tenant's gateway. Without a readable configuration Naviga's clients get Billing_02."""
        if tenant.configuration is None:
            return badge(_("Missing"), "danger")
        gateway = gateway_of_tenant(tenant.configuration)
        return badge(_("Invalid"), "danger") if gateway is None else gateway or "–"


@admin.register(SourceSystem)
class SourceSystemAdmin(ActivationAdmin, BillingAdmin):
    service = services.source_systems
    list_display = ("code", "name", "is_active", "modified_date")
    list_filter = ("is_active", MODIFIED_FILTER)
    search_fields = ("code", "name")
    fieldsets = [(None, {"fields": ["code", "name", "is_active"]})]
