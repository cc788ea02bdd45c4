"""The one door through which an app's objects are written, for the API, the admin and the commands alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError, UniqueConstraint
from psycopg.errors import ForeignKeyViolation

from config.kit.lib.database import violated_constraint
from config.kit.lib.errors import ChannelChangedError, InUseError, ReferenceGoneError, UniqueSetsError

M = TypeVar("M", bound=models.Model)


class Service(Generic[M]):
    """Checks the rules of one model, then writes. A rule stands here for its message and in the database for truth."""

    model: type[M]
    label: str = ""
    """How messages call the model; its class name where this is empty."""
    channel_label: str = ""
    """How the message about a changed channel calls the model; the label and a colon where this is empty."""
    channel_code: str = ""
    """Code of the error for a changed channel, for models that belong to one."""
    in_use_code: str = ""
    """Code of the error for deleting what is in use, for models that others point at."""

    def create(self, **fields: Any) -> M:
        """Raises RuleError, UniqueSetsError or InvalidValueError; nothing is written then."""
        instance = self.model()
        self.assign(instance, fields)
        return self.save(instance)

    def update(self, instance: M, **fields: Any) -> M:
        """Set `fields` and save. Raises like `create`.

        The row is locked and read again first: what somebody else changed meanwhile stays, and what somebody
        deleted meanwhile (the model's DoesNotExist) does not come back.
        """
        with transaction.atomic():
            rows = self.model._default_manager.select_for_update(no_key=True)
            instance.refresh_from_db(from_queryset=rows)
            self.assign(instance, fields)
            return self.save(instance)

    def assign(self, instance: M, fields: dict[str, Any]) -> None:
        for name, value in fields.items():
            setattr(instance, name, value)

    def save(self, instance: M) -> M:
        """Check the rules and save, in one transaction."""
        with self._explained(instance), transaction.atomic():
            self.check(instance)
            self.write(instance)
        return instance

    def write(self, instance: M) -> None:
        instance.save()

    def delete(self, instance: M) -> None:
        """Raises InUseError where other rows point at the object; never a cascade."""
        counts = self.usage(instance)
        if counts:
            raise self._in_use(instance, counts)
        try:
            with transaction.atomic():
                instance.delete()
        except (ProtectedError, IntegrityError):  # somebody was faster
            raise self._in_use(instance, self.usage(instance)) from None

    def check(self, instance: M) -> None:
        """All rules for the object as it is about to be saved."""
        stored = self.model._default_manager.filter(pk=instance.pk).first() if instance.pk else None
        taken = self.taken_sets(instance)
        if taken:
            raise self.unique_error(instance, taken)
        if stored is not None:
            self.check_channel_is_kept(instance, stored)
        self.check_rules(instance, stored)

    def check_rules(self, instance: M, stored: M | None) -> None:
        """The model's own rules; `stored` is the row before the change, None for a new one."""

    def taken_sets(self, instance: M) -> list[tuple[str, ...]]:
        """The unique sets of the model that another row already has, in the order of the constraints."""
        others = self.model._default_manager.exclude(pk=instance.pk)
        return [
            fields
            for fields in self._unique_sets().values()
            if others.filter(**{name: getattr(instance, name) for name in fields}).exists()
        ]

    def unique_error(self, instance: M, sets: list[tuple[str, ...]]) -> Exception:
        return UniqueSetsError(sets)

    def check_channel_is_kept(self, instance: M, stored: M) -> None:
        if getattr(instance, "channel_id", None) != getattr(stored, "channel_id", None):
            raise ChannelChangedError(
                code=self.channel_code,
                label=self.channel_label or f"{self.label or self.model.__name__}:",
                name=self.wire_name(stored),
                channel=instance.channel.name,  # type: ignore[attr-defined]
            )

    def wire_name(self, instance: M) -> str:
        """How the contract's messages call the object."""
        return str(getattr(instance, "slug", instance.pk))

    def usage(self, instance: M) -> dict[str, int]:
        """How many rows point at the object, by their plural name; empty where none do."""
        pointing: dict[type[models.Model], models.Q] = {}
        for relation in self.model._meta.related_objects:
            if relation.on_delete is models.PROTECT:
                found = models.Q(**{relation.field.name: instance.pk})
                pointing[relation.related_model] = pointing.get(relation.related_model, models.Q()) | found
        counts = {
            str(model._meta.verbose_name_plural): model._default_manager.filter(condition).count()
            for model, condition in pointing.items()
        }
        return {name: count for name, count in counts.items() if count}

    def _in_use(self, instance: M, counts: dict[str, int]) -> InUseError:
        return InUseError(
            code=self.in_use_code,
            label=self.label or self.model.__name__,
            name=self.wire_name(instance),
            counts=counts,
        )

    def _unique_sets(self) -> dict[str, tuple[str, ...]]:
        """Partial ones are no sets of fields: what they mean is the subclass's to check."""
        sets = [item for item in self.model._meta.constraints if isinstance(item, UniqueConstraint)]
        return {item.name: tuple(item.fields) for item in sets if item.condition is None}

    @contextmanager
    def _explained(self, instance: M) -> Iterator[None]:
        """A broken constraint gets the message of its rule: two requests may pass the check at the same time."""
        try:
            yield
        except IntegrityError as error:
            name = violated_constraint(error)
            sets = self._unique_sets()
            if name in sets:
                raise self.unique_error(instance, [sets[name]]) from None
            self.check(instance)  # whatever changed meanwhile is a broken rule by now
            if isinstance(error.__cause__, ForeignKeyViolation):
                raise ReferenceGoneError from None
            raise
