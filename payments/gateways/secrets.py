"""The secret part of a POS config: split off before it is stored, masked where it is read.

A field is secret where its schema says so (`SecretField`); a field that the schema does not know is secret
where its name says so, with all that is inside. A list with a secret somewhere in it is secret as a whole.
Public and secret part have the same nesting, so joining them is a deep merge.
"""

import re
from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from config.kit.lib.masking import SECRET_MASK, is_secret_name, mask_secret
from payments.gateways.base import GatewayConfig, SecretField

Config = dict[str, Any]

_MASK = re.compile(r"\*{8}.{0,2}", re.DOTALL)


def split(schema: type[GatewayConfig], config: Mapping[str, Any]) -> tuple[Config, Config]:
    """The public and the secret part of a complete config."""
    return _split(_fields_of(schema()), config)


def join(public: Mapping[str, Any], secret: Mapping[str, Any]) -> Config:
    """The complete config of its two parts."""
    merged = dict(public)
    for name, value in secret.items():
        inner = merged.get(name)
        merged[name] = (
            join(inner, value) if isinstance(inner, Mapping) and isinstance(value, Mapping) else value
        )
    return merged


def mask(secret: Mapping[str, Any]) -> Config:
    """The secret part with every value masked (eight stars and the last two characters)."""
    return {name: _mask(value) for name, value in secret.items()}


def in_schema_order(schema: type[GatewayConfig], config: Mapping[str, Any]) -> Config:
    """The config with its fields as the schema lists them (the database does not keep an order), others
    behind.
    """
    return _ordered(_fields_of(schema()), config)


def unmask(config: Mapping[str, Any], stored: Mapping[str, Any]) -> Config:
    """What a client sent, with each mask replaced by the stored secret; a mask of nothing is left out."""
    result: Config = {}
    for name, value in config.items():
        known = stored.get(name)
        if isinstance(value, Mapping):
            result[name] = unmask(value, known if isinstance(known, Mapping) else {})
        elif not (isinstance(value, str) and _MASK.fullmatch(value)):
            result[name] = value
        elif known is not None:
            result[name] = known
    return result


def _mask(value: Any) -> Any:
    if isinstance(value, Mapping):
        return mask(value)
    return SECRET_MASK if isinstance(value, list) else mask_secret(str(value))


def _fields_of(schema: serializers.BaseSerializer) -> Mapping[str, serializers.Field]:
    return getattr(schema, "fields", {})


def _split(fields: Mapping[str, serializers.Field], config: Mapping[str, Any]) -> tuple[Config, Config]:
    public: Config = {}
    secret: Config = {}
    for name, value in config.items():
        field = fields.get(name)
        if isinstance(field, SecretField) or (field is None and _is_secret(name, value)):
            secret[name] = value
        elif isinstance(value, Mapping):
            inner = _fields_of(field) if isinstance(field, serializers.Serializer) else {}
            public[name], inner_secret = _split(inner, value)
            if inner_secret:
                secret[name] = inner_secret
        else:
            public[name] = value
    return public, secret


def _is_secret(name: str, value: Any) -> bool:
    """Whether a field that no schema knows is secret; an empty value is not."""
    return (is_secret_name(name) and value not in (None, "", {}, [])) or (
        isinstance(value, list) and any(map(_holds_secret, value))
    )


def _holds_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_is_secret(name, item) or _holds_secret(item) for name, item in value.items())
    return isinstance(value, list) and any(map(_holds_secret, value))


def _ordered(fields: Mapping[str, serializers.Field], config: Mapping[str, Any]) -> Config:
    names = [name for name in fields if name in config] + [name for name in config if name not in fields]
    result: Config = {}
    for name in names:
        field, value = fields.get(name), config[name]
        if isinstance(value, Mapping) and isinstance(field, serializers.Serializer):
            value = _ordered(_fields_of(field), value)
        result[name] = value
    return result
