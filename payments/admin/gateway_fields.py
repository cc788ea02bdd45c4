"""Form fields of a gateway's config, made from its schema, and the way there and back.

The one schema (a DRF serializer for each gateway) makes `pos_100_2`, `/pos/schema/` and this form. A field
of the form is called `config__<gateway>__<name>`, with a further `__<name>` for each level of nesting.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import empty
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from config.kit.admin.fields import JSONObjectField
from payments.admin.gateway_texts import field_help_text, field_label
from payments.gateways.base import secrets
from payments.gateways.base.config import GatewayConfig, SecretField, fields_of
from payments.gateways.base.gateway import Gateway

OTHERS = "other_fields"
Path = tuple[str, ...]


class SecretInput(UnfoldAdminPasswordWidget):
    """An empty field, beside it when the stored secret was set and how it ends. Left empty, it keeps what is stored.

    Neither what is stored nor what was typed is ever written into the page.
    """

    template_name = "admin/secret_input.html"
    mask = ""
    """Of what is stored; empty where nothing is."""
    since: datetime | None = None
    opened = False

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "new-password"}, render_value=False)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["widget"] |= {
            "stored": bool(self.mask),
            "ends": self.mask.strip("*"),
            "since": self.since,
            "opened": self.opened,
        }
        return context


def form_name(gateway: type[Gateway], path: Path) -> str:
    return "__".join(("config", gateway.short_name(), *path))


def value_fields(
    schema: serializers.BaseSerializer, path: Path = ()
) -> Iterator[tuple[Path, serializers.Field]]:
    """The schema's fields that hold a value, those of nested serializers with their path."""
    for name, field in fields_of(schema).items():
        if isinstance(field, serializers.Serializer):
            yield from value_fields(field, (*path, name))
        else:
            yield (*path, name), field


def form_fields(gateway: type[Gateway]) -> dict[str, forms.Field]:
    """By form name. Required ones are marked; the schema, and not the form, checks the values."""
    fields = {
        form_name(gateway, path): _form_field(gateway.config_class, path[-1], field)
        for path, field in value_fields(gateway.config_class())
    }
    if gateway.config_class.keeps_unknown_fields:
        fields[form_name(gateway, (OTHERS,))] = JSONObjectField(
            label=_("Other fields"),
            required=False,
            help_text=_("A JSON object with fields that are not listed here."),
        )
    return fields


def _form_field(schema: type[GatewayConfig], name: str, field: serializers.Field) -> forms.Field:
    default = None if field.default is empty else field.default
    common: dict[str, Any] = {
        "label": field_label(schema, name, field),
        "help_text": field_help_text(schema, name, field),
        "required": field.required,
        "initial": default() if callable(default) else default,
    }
    if isinstance(field, serializers.BooleanField):
        return forms.BooleanField(widget=UnfoldBooleanSwitchWidget(), **common | {"required": False})
    if isinstance(field, serializers.ChoiceField):
        widget = UnfoldAdminSelectWidget()
        return forms.ChoiceField(choices=list(field.choices.items()), widget=widget, **common)
    if isinstance(field, serializers.IntegerField):
        return forms.IntegerField(widget=UnfoldAdminIntegerFieldWidget(), **common)
    if isinstance(field, (serializers.DictField, serializers.JSONField)):
        return JSONObjectField(**common | {"required": False})
    if isinstance(field, SecretField):
        return forms.CharField(widget=SecretInput(), strip=False, **common)
    widget = UnfoldAdminTextInputWidget(
        {"inputmode": "url"} if isinstance(field, serializers.URLField) else None
    )
    return forms.CharField(widget=widget, max_length=getattr(field, "max_length", None), **common)


def form_initial(gateway: type[Gateway], masked: Mapping[str, Any]) -> dict[str, Any]:
    """Initial values of the form for a stored config with its secrets masked."""
    initial: dict[str, Any] = {}
    known = set()
    for path, _field in value_fields(gateway.config_class()):
        known.add(path[0])
        value: Any = masked
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is not None:
            initial[form_name(gateway, path)] = value
    if gateway.config_class.keeps_unknown_fields:
        others = {name: value for name, value in masked.items() if name not in known}
        initial[form_name(gateway, (OTHERS,))] = others
    return initial


def config_from_form(gateway: type[Gateway], cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The config for the gateway's schema. What was left empty is left out, so that defaults and the schema's
    own "required" apply."""
    config: dict[str, Any] = dict(cleaned.get(form_name(gateway, (OTHERS,))) or {})
    for path, _field in value_fields(gateway.config_class()):
        value = cleaned.get(form_name(gateway, path))
        if value in (None, ""):
            continue
        inner = config
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = value
    return config


def form_errors(gateway: type[Gateway], errors: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """(form name, messages) for the schema's errors; a missing block's go to its fields."""
    yield from _errors(gateway, gateway.config_class(), errors, ())


def _errors(
    gateway: type[Gateway], schema: serializers.BaseSerializer, errors: Any, path: Path
) -> Iterator[tuple[str, list[str]]]:
    for name, found in errors.items():
        field = fields_of(schema).get(name)
        if not isinstance(field, serializers.Serializer):
            texts = [json.dumps(found)] if isinstance(found, Mapping) else [str(text) for text in found]
            yield form_name(gateway, (*path, name)), texts
        elif isinstance(found, Mapping):
            yield from _errors(gateway, field, found, (*path, name))
        else:  # the block is missing: so is each of its required fields
            for inner, leaf in value_fields(field, (*path, name)):
                if leaf.required:
                    yield form_name(gateway, inner), [str(text) for text in found]


def config_rows(schema: type[GatewayConfig], masked: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """(label, value) for reading a stored config; labels of nested fields name their block."""
    yield from _rows(schema, schema(), secrets.in_schema_order(schema, masked), ())


def _rows(
    schema: type[GatewayConfig], block: Any, config: Mapping[str, Any], labels: tuple[str, ...]
) -> Iterator[tuple[Any, Any]]:
    fields = fields_of(block)
    for name, value in config.items():
        field = fields.get(name)
        label = str(field_label(schema, name, field)) if field is not None else name
        if isinstance(value, Mapping) and value:
            yield from _rows(schema, field, value, (*labels, label))
        else:
            yield " › ".join((*labels, label)), value
