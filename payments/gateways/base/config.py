"""Base class and fields of POS configs."""

from collections.abc import Mapping
from typing import Any, ClassVar

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


class GatewayConfig(serializers.Serializer[Any]):
    """The config of a POS on one gateway: validated on every write, with defaults filled in.

    The same class produces the error 406 `pos_100_2`, the choices of `/pos/schema/` and the admin form.
    """

    keeps_unknown_fields: ClassVar[bool] = False

    terminal_fields: ClassVar[tuple[str, ...]] = ()
    """Fields that name the merchant account at the bank. Stored secrets belong to it: another one clears them."""

    labels: ClassVar[Mapping[str, str]] = {}
    """Field name → label in the admin, marked with `gettext_noop`. `/pos/schema/` keeps DRF's own labels."""

    help_texts: ClassVar[Mapping[str, str]] = {}
    """Field name → help text in the admin, where it differs from the field's `help_text`."""


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
