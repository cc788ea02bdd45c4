"""Encrypt all secrets again under the newest key; the site may go on working meanwhile."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, models

from config.lib.encryption import EncryptedJSONField, InvalidToken, rotate

BATCH = 500


class Command(BaseCommand):
    help = "Encrypt all stored secrets under the first of ENCRYPTION_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, EncryptedJSONField):
                    count = self._rotate(model, field)
                    self.stdout.write(f"{model._meta.label}.{field.name}: {count} rows")

    def _rotate(self, model: type[models.Model], field: models.Field) -> int:
        """In batches by key. A row that somebody writes meanwhile is left: it is under the newest key already."""
        table, key, column = (
            connection.ops.quote_name(str(name))
            for name in (model._meta.db_table, model._meta.pk.column, field.column)
        )
        last, count = 0, 0
        with connection.cursor() as cursor:
            while True:
                cursor.execute(
                    f"SELECT {key}, {column} FROM {table} WHERE {key} > %s AND {column} IS NOT NULL "  # noqa: S608
                    f"ORDER BY {key} LIMIT {BATCH}",
                    [last],
                )
                rows = cursor.fetchall()
                if not rows:
                    return count
                for identity, token in rows:
                    update = f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s"  # noqa: S608
                    cursor.execute(update, [self._rotated(token, model, identity), identity, token])
                last, count = rows[-1][0], count + len(rows)

    def _rotated(self, token: str, model: type[models.Model], identity: Any) -> str:
        try:
            return rotate(token)
        except InvalidToken:
            raise CommandError(
                f"{model._meta.label} {identity}: no key of ENCRYPTION_KEYS opens it. Nothing is lost: "
                "add the missing key and run the command again."
            ) from None
