"""Key rotation: re-encrypts rows of any model under the first of ENCRYPTION_KEYS while the site keeps running.

Ciphertexts of earlier versions, which are bound to no row, are written anew with it, under whatever key they are.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from psycopg.sql import SQL, Composed, Identifier, Literal

from config.kit.lib.encryption import (
    EncryptedJSONField,
    FingerprintField,
    InvalidToken,
    fingerprint,
    new_prefix,
    newest_key_id,
    seal_value,
    unseal_value,
)

BATCH = 500


class KeyMissingError(Exception):
    """No key of ENCRYPTION_KEYS decrypts a row. Add the missing key and run the rotation again."""


class Rotation:
    """The encrypted columns of one model and their fingerprints.

    Ciphertexts and fingerprints name their key, so an interrupted rotation continues with the remaining rows.
    """

    def __init__(self, model: type[models.Model]) -> None:
        fields = model._meta.concrete_fields
        self.model = model
        self.secrets = [field for field in fields if isinstance(field, EncryptedJSONField)]
        self.fingerprints = [field for field in fields if isinstance(field, FingerprintField)]
        needed = {field.scope for field in self.fingerprints} | {
            field.row_field.attname for field in self.secrets
        }
        self._others = [field for field in fields if field.attname in needed]

    @property
    def label(self) -> str:
        return self.model._meta.label

    def pending(self) -> int:
        query = SQL("SELECT count(*) FROM {} WHERE {}").format(self._table, self._condition())
        with connection.cursor() as cursor:
            cursor.execute(query, self._condition_parameters())
            return int(cursor.fetchone()[0])

    def count_by_key(self) -> Iterator[tuple[str, str, int]]:
        """Table and column, key's id and number of values; "" for values of earlier versions, which tell no key."""
        for field in self.secrets:
            query = SQL("""
                SELECT CASE WHEN {0} LIKE '1.%' THEN split_part({0}, '.', 2) ELSE '' END, count(*)
                FROM {1} WHERE {0} IS NOT NULL GROUP BY 1
            """).format(_column(field), self._table)
            with connection.cursor() as cursor:
                cursor.execute(query.as_string())  # text: within requests pghistory reads it
                for key_id, count in cursor.fetchall():
                    yield f"{self.model._meta.db_table}.{field.column}", key_id, count

    def run(self) -> Iterator[int]:
        """Rotate in batches, each in its own transaction; yields the number of rows of each batch.

        Skips rows whose secret changes meanwhile: they are under the newest key already. Raises KeyMissingError;
        earlier batches stay done.
        """
        last = 0
        while rows := self._read(last):
            self._write(rows)
            last = rows[-1][0]
            yield len(rows)

    def _read(self, last: int) -> list[tuple[Any, ...]]:
        key = self.model._meta.pk
        query = SQL("SELECT {} FROM {} WHERE {} > %s AND {} ORDER BY {} LIMIT {}").format(
            SQL(", ").join(map(_column, [key, *self.secrets, *self._others])),
            self._table,
            _column(key),
            self._condition(),
            _column(key),
            Literal(BATCH),
        )
        with connection.cursor() as cursor:
            cursor.execute(query, [last, *self._condition_parameters()])
            return list(cursor.fetchall())

    def _write(self, rows: list[tuple[Any, ...]]) -> None:
        """Rows whose secrets have changed since `_read` are not matched."""
        changed = [SQL("{} = %s").format(_column(field)) for field in [*self.secrets, *self.fingerprints]]
        unchanged = [SQL("{} IS NOT DISTINCT FROM %s").format(_column(field)) for field in self.secrets]
        query = SQL("UPDATE {} SET {} WHERE {} = %s AND {}").format(
            self._table,
            SQL(", ").join(changed),
            _column(self.model._meta.pk),
            SQL(" AND ").join(unchanged),
        )
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(query, [self._parameters(row) for row in rows])

    def _parameters(self, row: tuple[Any, ...]) -> list[Any]:
        key, tokens = row[0], row[1 : 1 + len(self.secrets)]
        names = [field.attname for field in self._others]
        others = dict(zip(names, row[1 + len(self.secrets) :], strict=True))
        new, values = [], {}
        for field, token in zip(self.secrets, tokens, strict=True):
            place = field.place(others[field.row_field.attname])
            try:
                value = token and unseal_value(token, place)
            except InvalidToken:
                raise KeyMissingError(f"{self.label} {key}") from None
            new.append(token and str(seal_value(value, place)))
            values[field.name] = value
        marks = [
            fingerprint(
                field.text(values[field.source][field.of], others.get(field.scope, "")), field.purpose
            )
            for field in self.fingerprints
        ]
        return [*new, *marks, key, *tokens]

    @property
    def _table(self) -> Identifier:
        return Identifier(self.model._meta.db_table)

    def _condition(self) -> Composed:
        """A row with anything that is not under the newest key."""
        columns = map(_column, [*self.secrets, *self.fingerprints])
        return SQL("({})").format(SQL(" OR ").join(SQL("{} NOT LIKE %s").format(name) for name in columns))

    def _condition_parameters(self) -> list[str]:
        return [f"{new_prefix()}%"] * len(self.secrets) + [f"{newest_key_id()}:%"] * len(self.fingerprints)


def rotations(app_label: str | None = None) -> list[Rotation]:
    """One for each model with encrypted columns, of one app or of all."""
    found = apps.get_app_config(app_label).get_models() if app_label else apps.get_models()
    return [rotation for rotation in map(Rotation, found) if rotation.secrets]


def _column(field: "models.Field[Any, Any]") -> Identifier:
    return Identifier(str(field.column))
