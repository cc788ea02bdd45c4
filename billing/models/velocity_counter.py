from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class VelocityCounter(models.Model):
    """The recent unsuccessful payments of one bill, account, card or address. Written only by
    `billing/services/velocity.py`.
    """

    key = models.CharField(max_length=128, primary_key=True)
    """A keyed fingerprint, which does not reveal the card or address."""
    payments: models.Field = ArrayField(models.BigIntegerField())
    """Keys of the payments, oldest first, at most as many as the limit."""
    changed_at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return self.key
