"""Rows whose key is known before they are inserted."""

from typing import Any

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper


def next_keys(model: type[models.Model], count: int, connection: BaseDatabaseWrapper) -> list[int]:
    """Primary keys for rows that are inserted later. Nobody else gets them."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [table, model._meta.pk.column, count],
        )
        return [row[0] for row in cursor.fetchall()]


class EncryptedModel(models.Model):
    """A model with encrypted columns: a new row has its key before it is inserted, as the ciphertext is bound to it."""

    class Meta:
        abstract = True

    def save(self, **options: Any) -> None:
        if self.pk is not None:
            super().save(**options)
            return
        using = options.get("using") or router.db_for_write(type(self), instance=self)
        (self.pk,) = next_keys(type(self), 1, connections[using])
        try:
            super().save(**{**options, "force_insert": True})
        except BaseException:  # whoever asks whether it was saved looks at its key
            self.pk = None
            raise
