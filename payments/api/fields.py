"""Fields of the Omnitron contract that DRF does not have."""

from typing import Any
from urllib.parse import urlsplit

from rest_framework import serializers

from config.kit.api.fields import JSONObjectField
from config.kit.api.metadata import ContractMetadata
from payments.gateways import registry
from payments.pos_gateway import full_config, masked_config


class SlugField(serializers.CharField):
    """The contract's schema prints no `max_length` for a slug."""

    prints_max_length = False


class LogoField(serializers.ImageField):
    """A file, or the address that an answer gave for the present one: what was read can be sent back."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str):
            instance = getattr(self.parent, "instance", None)
            logo = getattr(instance, str(self.source), None)
            if logo and urlsplit(data).path == urlsplit(logo.url).path:
                return logo
        return super().to_internal_value(data)


class GatewayField(serializers.ChoiceField):
    """The dotted wire name. An unknown one is a broken rule (406), which the service reports."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=str(data)[:64])
        return data


class GatewayConfigField(JSONObjectField):
    """The config of a POS: secrets are masked for readers without `payments.view_pos_secrets`."""

    def get_attribute(self, instance: Any) -> Any:
        return instance

    def to_representation(self, value: Any) -> Any:
        request = self.context.get("request")
        may_see = request is not None and request.user.has_perm("payments.view_pos_secrets")
        return full_config(value) if may_see else masked_config(value)

    def describe_choices(self, metadata: ContractMetadata) -> dict[str, Any]:
        return {
            gateway.short_name(): metadata.describe_fields(gateway.config_class().fields.items())
            for gateway in registry.GATEWAYS
        }
