"""The secret part of a POS config: split off before it is stored, masked where it is read.

A field is secret if its schema says so (`SecretField`). A field that the schema does not know is secret, with
everything inside it, if its name says so; a list that holds a secret is secret as a whole. Both parts have the
same nesting, so joining them is a deep merge.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework import serializers

from config.kit.lib.masking import SECRET_MASK, is_secret_name, mask_secret
from payments.gateways.base.config import GatewayConfig, SecretField, fields_of

Config = dict[str, Any]

_MASK = re.compile(r"\*{8}.{0,2}", re.DOTALL)
_MIN_HIDDEN = 4
"""Shorter secrets are not searched for in texts: every other word would be masked."""


def split(schema: type[GatewayConfig], config: Mapping[str, Any]) -> tuple[Config, Config]:
    """The public and the secret part of a complete config."""
    return _split(fields_of(schema()), config)


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
    return _ordered(fields_of(schema()), config)


def hide(text: str, secret: Mapping[str, Any]) -> str:
    """`text` without the values of the secret part."""
    for value in sorted(_values(secret), key=len, reverse=True):
        text = text.replace(value, SECRET_MASK)
    return text


def is_mask(value: object) -> bool:
    """Whether a client sent the mask of a secret back."""
    return isinstance(value, str) and _MASK.fullmatch(value) is not None


def unmask(config: Mapping[str, Any], stored: Mapping[str, Any]) -> Config:
    """What a client sent, with each mask replaced by the stored secret; a mask of nothing is left out."""
    result: Config = {}
    for name, value in config.items():
        known = stored.get(name)
        if isinstance(value, Mapping):
            result[name] = unmask(value, known if isinstance(known, Mapping) else {})
        elif not is_mask(value):
            result[name] = value
        elif known is not None:
            result[name] = known
    return result


def _values(secret: Any) -> Iterator[str]:
    if isinstance(secret, Mapping):
        for value in secret.values():
            yield from _values(value)
    elif isinstance(secret, list):
        for value in secret:
            yield from _values(value)
    elif isinstance(secret, str) and len(secret) >= _MIN_HIDDEN:
        yield secret


def _mask(value: Any) -> Any:
    if isinstance(value, Mapping):
        return mask(value)
    return SECRET_MASK if isinstance(value, list) else mask_secret(str(value))


def _split(fields: Mapping[str, serializers.Field], config: Mapping[str, Any]) -> tuple[Config, Config]:
    public: Config = {}
    secret: Config = {}
    for name, value in config.items():
        field = fields.get(name)
        if isinstance(field, SecretField) or (field is None and _is_secret(name, value)):
            secret[name] = value
        elif isinstance(value, Mapping):
            inner = fields_of(field) if isinstance(field, serializers.Serializer) else {}
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
            value = _ordered(fields_of(field), value)
        result[name] = value
    return result
