from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from billing.models import SourceSystem, Tenant
from config.kit.lib.errors import InvalidValueError
from config.kit.services import Service
from payments.gateways import registry

GATEWAY = "payment_gateway"
"""Key in a tenant's configuration: short name of the gateway whose tokens its sites send. Optional."""


class TenantService(Service[Tenant]):
    model = Tenant
    id_fields = frozenset({"media_group_code", "client_code", "paper_code"})
    in_use_code = "tenant_100_1"

    def wire_name(self, instance: Tenant) -> str:
        return f"{instance.media_group_code}/{instance.client_code}/{instance.paper_code}"

    def check_rules(self, instance: Tenant, stored: Tenant | None) -> None:
        if instance.configuration is not None and gateway_of_tenant(instance.configuration) is None:
            raise InvalidValueError(
                "configuration",
                _('Enter an object; its "payment_gateway" must be the short name of a gateway.'),
            )


class SourceSystemService(Service[SourceSystem]):
    model = SourceSystem
    id_fields = frozenset({"code"})
    in_use_code = "source_system_100_1"

    def wire_name(self, instance: SourceSystem) -> str:
        return instance.code


def gateway_of_tenant(configuration: Any) -> str | None:
    """Short name of the gateway, empty if the configuration has none; None if the configuration is invalid."""
    if not isinstance(configuration, Mapping):
        return None
    name = configuration.get(GATEWAY, "")
    known = name == "" or (isinstance(name, str) and registry.find_short(name) is not None)
    return name if known else None
