from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class VelocityCounter(models.Model):
    """The recent payments of one bill, account, card or address that took no money. Written by
    `billing/services/velocity.py` only.
    """

    key = models.CharField(max_length=128, primary_key=True)
    """A keyed fingerprint: nothing of a card or an address can be read from it."""
    payments: models.Field = ArrayField(models.BigIntegerField())
    """Their primary keys, oldest first, never more than the limit."""
    changed_at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return self.key
