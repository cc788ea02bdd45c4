"""`/api/v1/imports/`: files that a worker imports (`Prefer: respond-async` of the two `bulk_create`)."""

from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from payments.errors import ImportEndedError
from payments.importing import jobs
from payments.models import ImportJob, ImportState


class ImportJobSerializer(serializers.ModelSerializer):
    """`statuses` is the address of the status of each row, once the import is done."""

    href = serializers.SerializerMethodField()
    statuses = serializers.SerializerMethodField()
    counts = serializers.DictField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = ImportJob
        fields = (
            "id", "href", "kind", "dry_run", "state", "stage", "bytes_done", "bytes_total", "counts", "statuses",
            "error_code", "error", "created_date", "started_date", "finished_date",
        )  # fmt: skip
        read_only_fields = fields

    def get_href(self, job: ImportJob) -> str:
        return reverse("importjob-detail", args=[job.pk], request=self.context["request"])

    def get_statuses(self, job: ImportJob) -> str | None:
        if job.state != ImportState.DONE:
            return None
        return reverse("importjob-statuses", args=[job.pk], request=self.context["request"])


class ImportJobViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet):
    """The caller's own imports of the last day. DELETE cancels one."""

    queryset = ImportJob.objects.order_by("-created_date", "pk")
    serializer_class = ImportJobSerializer
    permission_classes = [IsAuthenticated]
    filter_backends: list[Any] = []

    def get_queryset(self) -> QuerySet[ImportJob]:
        return super().get_queryset().filter(user_id=self.request.user.pk)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Cancel it: nothing of the file is kept."""
        if not jobs.cancel(self.get_object()):
            raise ImportEndedError
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses={(200, "application/json"): OpenApiResponse(OpenApiTypes.OBJECT)})
    @action(detail=True, pagination_class=None)
    def statuses(self, request: Request, pk: str) -> StreamingHttpResponse:
        """The status of each row by name or BIN, as `bulk_create` answers it."""
        job = self.get_object()
        if job.state != ImportState.DONE:
            raise NotFound
        return StreamingHttpResponse(jobs.answer_of(job), content_type="application/json")


def accepted(request: Request, job: ImportJob) -> Response:
    """202 with the job and its address."""
    body = ImportJobSerializer(job, context={"request": request}).data
    headers = {"Location": body["href"], "Preference-Applied": "respond-async", "Retry-After": "1"}
    return Response(body, status=status.HTTP_202_ACCEPTED, headers=headers)
