from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any

from config.kit.services import Service
from payments.errors import GatewayConfigError, UnknownGatewayError
from payments.gateways import registry
from payments.gateways.base import secrets
from payments.gateways.base.config import known_part
from payments.models import POS, Channel, PosVersion
from payments.pos_addresses import ADDRESS_FIELDS, check_addresses
from payments.pos_gateway import masked_config

_WHERE = ("gateway", *ADDRESS_FIELDS)


class PosService(Service[POS]):
    model = POS
    label = "Pos"
    channel_code = "pos_100_3"
    in_use_code = "pos_100_6"
    controlled_fields = ("gateway", "config", "secret_config", "resource_url", "three_d_resource_url")

    def assign(self, instance: POS, fields: dict[str, Any]) -> None:
        """`config` comes as the client sent it; secrets in it may be masks, which keep what is stored.
        `config_changes` is a part of one: its fields replace stored ones, the others stay.

        Another gateway, address or terminal starts without secrets: they must not be sent to anybody but the bank that
        they were entered for.
        """
        fields = dict(fields)
        config, changes = fields.pop("config", None), fields.pop("config_changes", None)
        stored = copy(instance)
        super().assign(instance, fields)
        if instance.pk is None:
            self.set_config(instance, secrets.unmask(config or changes or {}, {}))
            return
        moves = any(getattr(instance, name) != getattr(stored, name) for name in _WHERE)
        if config is None and changes is None and not moves and "gateway" not in fields:
            return
        kept = secrets.join(stored.config, {} if moves else stored.secret_config)
        self.set_config(instance, _changed(instance.gateway, kept, config, changes))
        if _terminal(instance) != _terminal(stored):
            self.set_config(instance, _changed(instance.gateway, stored.config, config, changes))

    def check_rules(self, instance: POS, stored: POS | None) -> None:
        """Addresses that stay are not checked again: the rest of an old POS can be changed. Calls check them."""
        moves = stored is None or instance.gateway != stored.gateway
        check_addresses(
            instance,
            tuple(
                name
                for name in ADDRESS_FIELDS
                if moves or getattr(instance, name) != getattr(stored, name, None)
            ),
        )

    def describe(self, instance: POS) -> dict[str, str]:
        """With the config field by field, secrets masked; their revision shows that one was changed."""
        revision = POS._meta.get_field("secrets_revision").verbose_name
        lines = super().describe(instance)
        del lines[str(POS._meta.get_field("config").verbose_name)]
        return {
            **lines,
            **dict(_flat(masked_config(instance))),
            str(revision): str(instance.secrets_revision),
        }

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

    def complete_config(self, version: PosVersion) -> dict[str, Any]:
        """The settings of a version with its secrets, as `set_config` takes them."""
        return secrets.join(version.config, version.secret_config)

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


def _changed(
    gateway: str, kept: Mapping[str, Any], config: Mapping[str, Any] | None, changes: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The config to be: as sent, or what was kept with the changes in it. Masks are what was kept."""
    if config is not None:
        return secrets.unmask(config, kept)
    found = registry.find(gateway)
    known = known_part(found.config_class(), kept) if found else dict(kept)
    return secrets.join(known, secrets.unmask(_named(changes or {}), kept))


def _named(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Without nulls, which name no value: what they stand at stays."""
    return {
        name: _named(value) if isinstance(value, Mapping) else value
        for name, value in changes.items()
        if value is not None
    }


def _terminal(pos: POS) -> dict[str, Any]:
    """The public values that name the merchant account at the bank."""
    gateway = registry.find(pos.gateway)
    names = gateway.config_class.terminal_fields if gateway else ()
    return {name: pos.config.get(name) for name in names}


def _flat(config: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """("auth › merchant_id", "7000679")"""
    for name, value in config.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}{name} › ")
        else:
            yield f"{path}{name}", str(value)
