"""Copying a POS."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from config.kit.api.fields import PrimaryKeyField
from config.kit.api.serializers import Serializer
from payments.api import examples
from payments.api.fields import SlugField
from payments.models import POS, Channel


@extend_schema_serializer(examples=examples.CLONE)
class CloneSerializer(Serializer, serializers.ModelSerializer):
    """Where the copy goes; what is missing is taken over from the original."""

    channel = PrimaryKeyField(queryset=Channel.objects.all(), required=False)
    slug = SlugField(required=False, max_length=128, validators=POS._meta.get_field("slug").validators)
    name = serializers.CharField(required=False, max_length=64)

    class Meta:
        model = POS
        fields = ("channel", "slug", "name")
        validators: list[Any] = []

    def arguments(self, pos: POS) -> dict[str, Any]:
        """All arguments of the service's `clone`."""
        return {"channel": pos.channel, "slug": pos.slug, "name": pos.name, **self.validated_data}
