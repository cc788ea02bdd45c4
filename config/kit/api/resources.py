"""What every resource of the native API shares: written through a service, described, deleted only where unused."""

from typing import Any, cast

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import APIRootView, DefaultRouter

from config.kit.api.fields import JSONField, PrimaryKeyField
from config.kit.api.metadata import ContractMetadata
from config.kit.services import Service

DATES = ("modified_date", "created_date")


class ResourceSerializer(serializers.ModelSerializer):
    """Writes through the model's service. Unique sets are the service's too, one place for all doors."""

    service: Service[Any]

    serializer_related_field = PrimaryKeyField
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.JSONField: JSONField,
    }

    class Meta:
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> Any:
        return self.service.create(**validated_data)

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        try:
            return self.service.update(instance, **validated_data)
        except self.service.model.DoesNotExist:  # deleted since the view read it
            raise NotFound from None


class ResourceViewSet(viewsets.GenericViewSet):
    """What all resources share. Deleting asks the service, which refuses what is in use."""

    permission_model: type[models.Model] | None = None
    ordering_fields = "__all__"
    refusals: dict[str, Any] = {}
    """Examples of the 400s and 406s of an action, for OpenAPI."""

    def perform_destroy(self, instance: Any) -> None:
        cast(type[ResourceSerializer], self.get_serializer_class()).service.delete(instance)

    @extend_schema(exclude=True)
    @action(detail=False, url_path="schema", pagination_class=None)
    def describe(self, request: Request) -> Response:
        """The contract's own schema of the resource (OpenAPI is at /api/schema/)."""
        return Response(ContractMetadata().determine_metadata(request, self))


class FullResourceViewSet(viewsets.ModelViewSet, ResourceViewSet):
    """List, create, read, update, delete."""

    perform_destroy = ResourceViewSet.perform_destroy


class RootView(APIRootView):
    """The resources by name; of the two spellings of a path the one with the slash."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().get(request, *args, **kwargs)
        return Response({name: f"{url}/" for name, url in response.data.items()})


class ResourceRouter(DefaultRouter):
    """Paths end in a slash and are accepted without, as the Omnitron page prints both."""

    include_format_suffixes = False
    APIRootView = RootView

    def __init__(self, *routers: DefaultRouter) -> None:
        """All resources of `routers`, which the apps have, under one root."""
        super().__init__()
        self.trailing_slash = "/?"
        for router in routers:
            self.registry.extend(router.registry)
