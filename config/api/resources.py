"""What every resource of the native API shares: written through a service, described, deleted only where unused."""

from typing import Any

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter

from config.api.fields import JSONField
from config.api.metadata import ContractMetadata
from config.services import Service

DATES = ("modified_date", "created_date")


class ResourceSerializer(serializers.ModelSerializer):
    """Writes through the model's service. Unique sets are the service's too, one place for all doors."""

    service: Service[Any]

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.JSONField: JSONField,
    }

    class Meta:
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> Any:
        return self.service.create(**validated_data)

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        return self.service.update(instance, **validated_data)


class ResourceViewSet(viewsets.GenericViewSet):
    """What all resources share. Deleting asks the service, which refuses what is in use."""

    permission_model: type[models.Model] | None = None
    ordering_fields = "__all__"

    def perform_destroy(self, instance: Any) -> None:
        self.get_serializer_class().service.delete(instance)  # type: ignore[attr-defined]

    @extend_schema(exclude=True)
    @action(detail=False, url_path="schema", pagination_class=None)
    def describe(self, request: Request) -> Response:
        """The contract's own schema of the resource (OpenAPI is at /api/schema/)."""
        return Response(ContractMetadata().determine_metadata(request, self))


class FullResourceViewSet(viewsets.ModelViewSet, ResourceViewSet):
    """List, create, read, update, delete."""

    perform_destroy = ResourceViewSet.perform_destroy


class ResourceRouter(DefaultRouter):
    """Paths end in a slash and are accepted without, as the Omnitron page prints both."""

    include_format_suffixes = False

    def __init__(self, *routers: DefaultRouter) -> None:
        """All resources of `routers`, which the apps have, under one root."""
        super().__init__()
        self.trailing_slash = "/?"
        for router in routers:
            self.registry.extend(router.registry)
