"""Inserting new rows while other sessions may insert the same ones."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.errors import UniqueViolation


def insert_new(
    cursor: CursorWrapper,
    insert: str,
    *,
    source: str,
    conflict: str,
    returning: str,
    parameters: dict[str, Any] | None = None,
) -> None:
    """Run `insert`, an INSERT … SELECT from the table `source`, which has a column `identity`.

    ON CONFLICT makes every row a fourth slower, so it is kept for the case that somebody else was faster with one
    of the rows. What they have inserted goes to `import_known`: `conflict` are the columns of the unique set,
    `returning` is the inserted row's identity.
    """
    try:
        with transaction.atomic():
            cursor.execute(insert, parameters)
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        cursor.execute(
            f"""
                WITH inserted AS ({insert} ON CONFLICT ({conflict}) DO NOTHING RETURNING {returning} AS identity)
                INSERT INTO import_known
                SELECT identity FROM {source} WHERE identity NOT IN (SELECT identity FROM inserted)
            """,  # noqa: S608 constants of the loaders
            parameters,
        )
