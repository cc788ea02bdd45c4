"""Base classes of the native API's resources, which write through services."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import APIRootView, DefaultRouter

from config.kit.api.conditional import TagMixin
from config.kit.api.fields import JSONField, PrimaryKeyField
from config.kit.api.lists import ListModelMixin
from config.kit.api.metadata import ContractMetadata
from config.kit.api.serializers import FlagField, Serializer
from config.kit.identity.access import channel_path, reach_of
from config.kit.identity.service_control import ask_for_approval
from config.kit.lib.errors import InvalidValueError
from config.kit.services import Service

DATE_FIELDS = ("modified_date", "created_date")


class ResourceSerializer(Serializer, serializers.ModelSerializer):
    """Writes through the model's service, which also checks unique constraints."""

    service: Service[Any]

    serializer_related_field = PrimaryKeyField
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.BooleanField: FlagField,
        models.JSONField: JSONField,
    }

    class Meta:
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> Any:
        with self._api_names():
            return self._with_approval(self.service.create(**validated_data))

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        try:
            with self._api_names():
                return self._with_approval(self.service.update(instance, **validated_data))
        except self.service.model.DoesNotExist:  # deleted since the view read it
            raise NotFound from None

    def _with_approval(self, instance: Any) -> Any:
        """A new object that is not used before a second person approves it is put before one."""
        ask_for_approval(self.service, instance, user_id=self.context["request"].user.pk)
        return instance

    @contextmanager
    def _api_names(self) -> Iterator[None]:
        """Errors of a model's field under the name that the API gives it."""
        try:
            yield
        except InvalidValueError as error:
            names = {field.source: name for name, field in self.fields.items()}
            raise InvalidValueError(names.get(error.field, error.field), error.message) from None


class WithinReach(TagMixin, viewsets.GenericViewSet):
    """Only the rows of the channels that the token's user is for."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return reach_of(self.request.user).limit(super().get_queryset())


class ResourceViewSet(WithinReach):
    """Deletes through the service, which refuses objects in use, and describes the resource at `schema/`."""

    permission_model: type[models.Model] | None = None
    ordering_fields = "__all__"
    refusals: dict[str, Any] = {}
    """Status → example bodies, for OpenAPI."""

    def perform_create(self, serializer: Any) -> None:
        """A user who is for some channels makes no others."""
        reach = reach_of(self.request.user)
        if reach.channels is not None and channel_path(serializer.Meta.model) in ("", "pk"):
            raise PermissionDenied
        serializer.save()

    def perform_update(self, serializer: Any) -> None:
        with self.as_expected(self.request):
            serializer.save()

    def perform_destroy(self, instance: Any) -> None:
        with self.as_expected(self.request):
            cast(type[ResourceSerializer], self.get_serializer_class()).service.delete(instance)

    @extend_schema(exclude=True)
    @action(detail=False, url_path="schema", pagination_class=None)
    def describe(self, request: Request) -> Response:
        """The contract's own schema of the resource (OpenAPI is at /api/schema/)."""
        return Response(ContractMetadata().determine_metadata(request, self))


class FullResourceViewSet(ListModelMixin, viewsets.ModelViewSet, ResourceViewSet):
    """List, create, read, update, delete."""

    perform_create = ResourceViewSet.perform_create
    perform_update = ResourceViewSet.perform_update
    perform_destroy = ResourceViewSet.perform_destroy


class RootView(APIRootView):
    """The resources by name, with a trailing slash."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().get(request, *args, **kwargs)
        return Response({name: f"{url}/" for name, url in response.data.items()})


class ResourceRouter(DefaultRouter):
    """Paths with or without a trailing slash: the Omnitron page prints both."""

    include_format_suffixes = False
    APIRootView = RootView

    def __init__(self, *routers: DefaultRouter) -> None:
        """The resources of all `routers` under one root."""
        super().__init__()
        self.trailing_slash = "/?"
        for router in routers:
            self.registry.extend(router.registry)
