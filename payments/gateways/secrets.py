"""The secret part of a POS config: split off before it is stored, masked where it is read.

A field is secret where its schema says so (`SecretField`); a field that the schema does not know is secret
where its name says so. Public and secret part have the same nesting, so joining them is a deep merge.
"""

import re
from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from config.lib.masking import is_secret_name, mask_secret
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
    return {
        name: mask(value) if isinstance(value, Mapping) else mask_secret(str(value))
        for name, value in secret.items()
    }


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


def _fields_of(schema: serializers.BaseSerializer) -> Mapping[str, serializers.Field]:
    return getattr(schema, "fields", {})


def _split(fields: Mapping[str, serializers.Field], config: Mapping[str, Any]) -> tuple[Config, Config]:
    public: Config = {}
    secret: Config = {}
    for name, value in config.items():
        field = fields.get(name)
        if isinstance(value, Mapping):
            inner = _fields_of(field) if isinstance(field, serializers.Serializer) else {}
            public[name], inner_secret = _split(inner, value)
            if inner_secret:
                secret[name] = inner_secret
        elif isinstance(field, SecretField) or (
            field is None and is_secret_name(name) and value not in (None, "")
        ):
            secret[name] = value
        else:
            public[name] = value
    return public, secret


def _ordered(fields: Mapping[str, serializers.Field], config: Mapping[str, Any]) -> Config:
    names = [name for name in fields if name in config] + [name for name in config if name not in fields]
    result: Config = {}
    for name in names:
        field, value = fields.get(name), config[name]
        if isinstance(value, Mapping) and isinstance(field, serializers.Serializer):
            value = _ordered(_fields_of(field), value)
        result[name] = value
    return result
