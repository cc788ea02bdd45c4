"""Numbers of subscriptions, bills and addresses (the contracts' ids), given by the client or assigned."""

from typing import Any, TypeVar

from django.db import connection, models

from config.kit.lib.errors import UniqueSetsError
from config.kit.services import Service

M = TypeVar("M", bound=models.Model)

ATTEMPTS = 100

# The first free number after a given one. As bigint, because it may be one more than the largest integer.
_END_OF_RUN = """
    SELECT taken.number::bigint + 1 FROM {table} AS taken
    WHERE taken.number >= %s
      AND NOT EXISTS (SELECT FROM {table} AS next WHERE next.number = taken.number::bigint + 1)
    ORDER BY taken.number LIMIT 1
"""


class NumberedService(Service[M]):
    """For models with a unique `number`, which is assigned from the table's sequence if it is not given.

    Given numbers do not advance the sequence (one may be the largest possible); it skips them. If a concurrent request
    takes an assigned number, the next one is tried.
    """

    def assign(self, instance: M, fields: dict[str, Any]) -> None:
        super().assign(
            instance, {name: value for name, value in fields.items() if (name, value) != ("number", None)}
        )

    def check(self, instance: Any) -> M | None:
        if instance.pk and instance.number is None:
            instance.number = self.model._default_manager.values_list("number", flat=True).get(pk=instance.pk)
        return super().check(instance)

    def save(self, instance: Any) -> M:
        if instance.pk or instance.number is not None:
            return super().save(instance)
        for attempt in range(1, ATTEMPTS + 1):
            instance.number = next_number(self.model)
            try:
                return super().save(instance)
            except UniqueSetsError as error:
                instance.number = None
                if attempt == ATTEMPTS or ("number",) not in error.sets:
                    raise
            except BaseException:
                instance.number = None
                raise
        raise AssertionError("unreachable")

    def wire_name(self, instance: Any) -> str:
        return str(instance.number)


def next_number(model: type[models.Model]) -> int:
    """The next number that no committed row has."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [f"{table}_number_seq"])
        number: int = cursor.fetchone()[0]
        if not model._default_manager.filter(number=number).exists():
            return number
        cursor.execute(_END_OF_RUN.format(table=table), [number])
        cursor.execute("SELECT setval(%s, %s)", [f"{table}_number_seq", cursor.fetchone()[0]])
        return cursor.fetchone()[0]
