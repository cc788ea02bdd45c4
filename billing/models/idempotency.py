from django.conf import settings
from django.db import models


class IdempotencyKey(models.Model):
    """The idempotency key of one request that moves money, and its response. Kept for 31 days."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    status_code = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="billing_idempotency_key")]

    def __str__(self) -> str:
        return self.key
