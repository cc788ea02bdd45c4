"""Base class and fields of POS configs."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from rest_framework import serializers

from payments.gateways.base.marks import gettext_noop


class SecretField(serializers.CharField):
    """A config field whose value is a secret.

    The field's type is the only mark: encryption at rest, masks in answers and in the admin, and the removal of
    secrets from the bank's texts all look for it.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 256)
        super().__init__(**kwargs)


class ConfigBlock(serializers.Serializer[Any]):
    """A part of a config with fields of its own. Null is as good as left out; an unknown name is an error."""

    keeps_unknown_fields: ClassVar[bool] = False

    default_error_messages = {"unknown": "Unknown field."}

    def to_internal_value(self, data: Any) -> Any:
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            unknown = [] if self.keeps_unknown_fields else [name for name in data if name not in self.fields]
            errors = {str(name): [self.error_messages["unknown"]] for name in unknown}
            data = {name: value for name, value in data.items() if not self._is_left_out(name, value)}
        try:
            checked = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**cast(dict[str, Any], error.detail), **errors}) from None
        if errors:
            raise serializers.ValidationError(errors)
        return checked

    def _is_left_out(self, name: str, value: Any) -> bool:
        return value is None and name in self.fields and not self.fields[name].required


class GatewayConfig(ConfigBlock):
    """The config of a POS on one gateway: validated on every write, with defaults filled in.

    The same class produces the error 406 `pos_100_2`, the choices of `/pos/schema/` and the admin form.
    """

    terminal_fields: ClassVar[tuple[str, ...]] = ()
    """Fields that name the merchant account at the bank. Stored secrets belong to it: another one clears them."""

    labels: ClassVar[Mapping[str, str]] = {}
    """Field name → label in the admin, marked with `gettext_noop`. `/pos/schema/` keeps DRF's own labels."""

    help_texts: ClassVar[Mapping[str, str]] = {}
    """Field name → help text in the admin, where it differs from the field's `help_text`."""


def known_part(schema: serializers.BaseSerializer, config: Mapping[str, Any]) -> dict[str, Any]:
    """What `schema` has fields for, of another gateway's config."""
    if getattr(schema, "keeps_unknown_fields", False):
        return dict(config)
    known = fields_of(schema)
    kept = {name: value for name, value in config.items() if name in known}
    for name, value in kept.items():
        field = known[name]
        if isinstance(field, ConfigBlock) and isinstance(value, Mapping):
            kept[name] = known_part(field, value)
    return kept


def fields_of(schema: serializers.BaseSerializer) -> Mapping[str, serializers.Field]:
    """The fields of a config or of one of its blocks, by name."""
    fields: Mapping[str, serializers.Field] = getattr(schema, "fields", {})
    return fields


class Mode:
    """Whether the gateway's test or live system is called."""

    TEST = "TEST"
    PROD = "PROD"
    choices = [(TEST, TEST), (PROD, PROD)]


class ModeField(serializers.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("default", Mode.TEST)
        super().__init__(choices=Mode.choices, **kwargs)


class HalfSecureField(serializers.BooleanField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("default", False)
        kwargs.setdefault(
            "help_text",
            gettext_noop("Accept mdStatus 2, 3 and 4: the bank does not take over the risk of fraud."),
        )
        super().__init__(**kwargs)
