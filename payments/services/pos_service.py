from collections.abc import Mapping
from typing import Any

from config.kit.services import Service
from payments.errors import GatewayConfigError, UnknownGatewayError
from payments.gateways import registry
from payments.gateways.base import secrets
from payments.models import POS, Channel


class PosService(Service[POS]):
    model = POS
    label = "Pos"
    channel_code = "pos_100_3"
    in_use_code = "pos_100_6"

    def assign(self, instance: POS, fields: dict[str, Any]) -> None:
        """`config` comes as the client sent it; secrets in it may be masks, which keep what is stored.

        Another gateway starts without secrets: what one schema hides another may show.
        """
        fields = dict(fields)
        config = fields.pop("config", None)
        known = instance.pk is not None
        stays = fields.get("gateway", instance.gateway) == instance.gateway
        before = secrets.join(instance.config, instance.secret_config if stays else {}) if known else {}
        super().assign(instance, fields)
        if config is None and known and "gateway" not in fields:
            return
        self.set_config(instance, secrets.unmask(config if config is not None else before, before))

    def set_config(self, instance: POS, config: Mapping[str, Any]) -> None:
        """Check `config` with the gateway's schema, fill in its defaults, split off its secrets.

        Raises UnknownGatewayError or GatewayConfigError.
        """
        gateway = registry.find(instance.gateway)
        if gateway is None:
            raise UnknownGatewayError(instance.gateway)
        schema = gateway.config_class(data=config)
        if not schema.is_valid():
            raise GatewayConfigError(schema.errors)
        checked = dict(schema.validated_data)
        if schema.keeps_unknown_fields:
            checked = {**config, **checked}
        public, secret = secrets.split(gateway.config_class, checked)
        if instance.pk is None or secret != instance.secret_config:
            instance.secrets_revision += 1
        instance.config, instance.secret_config = public, secret

    def clone(self, pos: POS, *, channel: Channel, slug: str, name: str) -> POS:
        """A copy on `channel` under `slug`, without the secrets: they belong to one contract with the bank.

        The copy is stored as it is, incomplete; its gateway's schema is asked again on the next write of its
        config. Raises UniqueSetsError where the slug is taken.
        """
        return self.save(
            POS(
                channel=channel,
                slug=slug,
                name=name,
                gateway=pos.gateway,
                config=pos.config,
                resource_url=pos.resource_url,
                three_d_resource_url=pos.three_d_resource_url,
            )
        )
