"""Imports that run behind an answer (`Prefer: respond-async`)."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")


class ImportJob(models.Model):
    """A file that a worker imports, for the user who sent it. Kept for a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("User")
    )
    kind = models.CharField(_("Kind"), max_length=16)
    targets: Any = models.JSONField(_("Targets"), default=dict)
    dry_run = models.BooleanField(_("Dry run"), default=False)
    state = models.CharField(
        _("State"), max_length=8, choices=ImportState.choices, default=ImportState.QUEUED
    )
    stage = models.CharField(_("Stage"), max_length=16, blank=True, default="")
    bytes_done = models.BigIntegerField(_("Bytes read"), default=0)
    bytes_total = models.BigIntegerField(_("Bytes"))
    counts: Any = models.JSONField(_("Rows"), default=dict)
    error_code = models.CharField(_("Error code"), max_length=64, blank=True, default="")
    error = models.TextField(_("Error"), blank=True, default="")
    backend = models.IntegerField(_("Database process"), null=True)
    created_date = models.DateTimeField(_("Created"), db_default=Now())
    started_date = models.DateTimeField(_("Started"), null=True)
    finished_date = models.DateTimeField(_("Finished"), null=True)

    class Meta:
        verbose_name = _("Import")
        verbose_name_plural = _("Imports")
        indexes = [models.Index(fields=["created_date"], name="payments_importjob_created")]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class ImportPart(models.Model):
    """A piece of a job's file, or of its answer, encrypted for its place."""

    FILE, ANSWER = "file", "answer"
    PLACE: ClassVar[str] = "payments_importpart"

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="parts")
    of = models.CharField(max_length=6)
    number = models.IntegerField()
    data = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "of", "number"], name="payments_importpart_place")
        ]

    def __str__(self) -> str:
        return f"{self.of} {self.number} of {self.job_id}"
