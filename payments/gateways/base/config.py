"""What every POS config is made of."""

from typing import Any, ClassVar

from rest_framework import serializers


class SecretField(serializers.CharField):
    """A config field whose value is encrypted at rest and masked wherever it is read."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 256)
        super().__init__(**kwargs)


class GatewayConfig(serializers.Serializer[Any]):
    """The config of a POS on one gateway: checked on every write, defaults filled in.

    The same class makes the 406 `pos_100_2`, the choices of `/pos/schema/` and the admin's form.
    """

    keeps_unknown_fields: ClassVar[bool] = False


class Mode:
    """Whether the gateway's test or live system is meant."""

    TEST = "TEST"
    PROD = "PROD"
    choices = [(TEST, TEST), (PROD, PROD)]


class ModeField(serializers.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("default", Mode.TEST)
        super().__init__(choices=Mode.choices, **kwargs)
