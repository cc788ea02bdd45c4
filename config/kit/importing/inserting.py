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

    ON CONFLICT makes every row a quarter slower, so it is used only after a concurrent insert of one of the rows. Rows
    that others have inserted go to `import_known`. `conflict` names the columns of the unique set, `returning` is the
    identity of an inserted row.
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
