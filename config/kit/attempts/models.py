from django.db import models


class AttemptCounter(models.Model):
    """Attempts of one kind by one account, address or key within a window of time, seen by all processes.

    `key` is a keyed fingerprint: the table tells neither who tried nor from where.
    """

    key = models.CharField(max_length=128, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key
