"""Numbers that a client gives or leaves to us: the contracts' ids of subscriptions and bills."""

from typing import Any, TypeVar

from django.db import connection, models

from config.kit.lib.errors import UniqueSetsError
from config.kit.services import Service

M = TypeVar("M", bound=models.Model)

ATTEMPTS = 100

# Where the run of taken numbers ends that begins at a number. In bigint: the last bill number has no next one.
_END_OF_RUN = """
    SELECT taken.number::bigint + 1 FROM {table} AS taken
    WHERE taken.number >= %s
      AND NOT EXISTS (SELECT FROM {table} AS next WHERE next.number = taken.number::bigint + 1)
    ORDER BY taken.number LIMIT 1
"""


class NumberedService(Service[M]):
    """Of a model with a unique `number`. One that is not given comes from the table's sequence.

    Given numbers do not move the sequence (one of them may be the largest there is); it goes around them. Two who
    meet at a number are told apart by the unique set, and the one who had none gets another.
    """

    def assign(self, instance: M, fields: dict[str, Any]) -> None:
        super().assign(
            instance, {name: value for name, value in fields.items() if (name, value) != ("number", None)}
        )

    def check(self, instance: Any) -> None:
        if instance.pk and instance.number is None:
            instance.number = self.model._default_manager.values_list("number", flat=True).get(pk=instance.pk)
        super().check(instance)

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
    """A number that no committed row has."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [f"{table}_number_seq"])
        number: int = cursor.fetchone()[0]
        if not model._default_manager.filter(number=number).exists():
            return number
        cursor.execute(_END_OF_RUN.format(table=table), [number])
        cursor.execute("SELECT setval(%s, %s)", [f"{table}_number_seq", cursor.fetchone()[0]])
        return cursor.fetchone()[0]
