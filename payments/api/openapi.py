"""OpenAPI of a POS: its config by its gateway."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from payments.gateways import registry
from payments.gateways.base.gateway import Gateway

Json = dict[str, Any]


class PosExtension(OpenApiSerializerExtension):
    """`oneOf` by gateway. A change may leave the gateway out: then the config is any gateway's."""

    target_class = "payments.api.serializers.POSSerializer"

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> Json:
        base: Json = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        suffix = "Request" if direction == "request" else ""
        if self.target.partial:
            configs = [
                self._config(auto_schema, gateway, f"PatchedPosConfig{suffix}", is_partial=True)
                for gateway in registry.GATEWAYS
            ]
            return {**base, "properties": {**base["properties"], "config": {"anyOf": configs}}}
        mapping = {}
        for gateway in registry.GATEWAYS:
            config = self._config(
                auto_schema, gateway, f"PosConfig{suffix}", is_partial=False, answers=direction == "response"
            )
            properties = {**base["properties"], "gateway": {"const": gateway.path}, "config": config}
            own = {**base, "properties": properties}
            component = f"Pos{_label(gateway)}{suffix}"
            mapping[gateway.path] = _register(auto_schema, component, own)["$ref"]
        return {
            "oneOf": [{"$ref": target} for target in mapping.values()],
            "discriminator": {"propertyName": "gateway", "mapping": mapping},
        }

    def _config(
        self,
        auto_schema: AutoSchema,
        gateway: type[Gateway],
        name: str,
        *,
        is_partial: bool,
        answers: bool = False,
    ) -> Json:
        serializer = gateway.config_class(partial=is_partial)
        schema = auto_schema._map_serializer(serializer, "response" if answers else "request")
        schema.pop("description", None)
        keeps_unknown = getattr(serializer, "keeps_unknown_fields", False)
        own = {"type": "object", **schema, "additionalProperties": keeps_unknown}
        return _register(auto_schema, f"{name}{_label(gateway)}", own)


def _label(gateway: type[Gateway]) -> str:
    return "".join(part.title() for part in gateway.short_name().split("_"))


def _register(auto_schema: AutoSchema, name: str, schema: Json) -> Json:
    component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, object=name, schema=schema)
    auto_schema.registry.register_on_missing(component)
    reference: Json = component.ref
    return reference
