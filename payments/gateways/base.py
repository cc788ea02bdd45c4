"""What every gateway is. A gateway is a bank's or a provider's system that we call.

A gateway is a stateless translator: config and dataclasses in, dataclasses out. It knows no ORM, no settings and
no request, and it imports only this module, `payments.gateways.types` and `config.lib`.
"""

from typing import Any, ClassVar

from rest_framework import serializers


class SecretField(serializers.CharField):
    """A config field whose value is encrypted at rest and masked wherever it is read."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 256)
        super().__init__(**kwargs)


class GatewayConfig(serializers.Serializer):
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


class Gateway:
    """Base of all gateways, one package each with gateway.py, config.py, messages.py, signature.py, codes.py."""

    path: ClassVar[str]
    """The dotted name on the wire and in the database, for example
    `omnicore.libs.payment_gateways.gpay.GPayGateway`. Data, never imported."""

    config_class: ClassVar[type[GatewayConfig]]

    is_operable: ClassVar[bool] = True
    """False: a POS on it can be stored, and charging on it is a clear error."""

    @classmethod
    def short_name(cls) -> str:
        """The module part of the path: `gpay`."""
        return cls.path.split(".")[-2]

    @classmethod
    def display(cls) -> str:
        """What the contract prints as `gateway_display`: `Gpay`."""
        return cls.short_name().capitalize()
