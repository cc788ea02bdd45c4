"""Base class of the services that write an app's models, for the APIs, the admin and the commands."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar, cast

from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError, UniqueConstraint
from psycopg.errors import ForeignKeyViolation

from config.kit import second_person
from config.kit.audit.log import record, record_saved, values_of
from config.kit.audit.models import Action
from config.kit.boundary import refuse_card_numbers_of
from config.kit.lib.database import violated_constraint
from config.kit.lib.encryption import EncryptedJSONField
from config.kit.lib.errors import (
    ChannelChangedError,
    InUseError,
    ReferenceGoneError,
    SecondPersonRequiredError,
    UniqueSetsError,
)
from config.kit.lib.masking import SECRET_MASK

M = TypeVar("M", bound=models.Model)


class Service(Generic[M]):
    """Checks the rules of one model, then writes.

    The database enforces the same rules with constraints and triggers; the checks here give them their messages.
    """

    model: type[M]
    label: str = ""
    """The model's name in messages; its class name where empty."""
    channel_label: str = ""
    """The model's name in the message about a changed channel; `label` and a colon where empty."""
    channel_code: str = ""
    """Error code for a changed channel, for models that belong to one."""
    in_use_code: str = ""
    """Error code for deleting an object that others reference."""
    controlled_fields: tuple[str, ...] = ()
    """Fields whose change loosens a control: it waits for a second person (config.kit.identity). A model with a field
    `is_approved` also lets new rows wait: they are not used until then."""
    written_fields: frozenset[str] = frozenset()
    """What a change may write where others keep the rest up to date (triggers, rotations); all fields where empty."""
    id_fields: frozenset[str] = frozenset()
    """Fields for ids of other systems: refused are only card numbers that stand alone (config.kit.boundary)."""
    masked_fields: frozenset[str] = frozenset()
    """Fields whose own rule refuses everything but masks."""

    def create(self, **fields: Any) -> M:
        """Raises RuleError, UniqueSetsError or InvalidValueError and writes nothing then."""
        instance = self.model()
        self.assign(instance, fields)
        return self.save(instance)

    def update(self, instance: M, **fields: Any) -> M:
        """Set `fields` and save. Raises like `create`, and the model's DoesNotExist for a deleted row.

        The row is locked and read again first, so concurrent changes of other fields are kept.
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
        with self._rule_errors(instance), transaction.atomic():
            stored = self.check(instance)
            if instance._state.adding and hasattr(instance, "is_approved"):
                cast(Any, instance).is_approved = not second_person.is_required()
            self.write(instance, stored)
            record_saved(instance, stored)
        return instance

    def write(self, instance: M, stored: M | None) -> None:
        """Only what differs from the row as it is. A statement that names a unique column locks the row against all
        that reference it, whatever its value: it would wait for every import that adds rows to the object.
        """
        instance.save(update_fields=None if stored is None else self._changed_columns(instance, stored))

    def delete(self, instance: M) -> None:
        """Never cascades. Raises InUseError where other rows reference the object."""
        counts = self.usage(instance)
        if counts:
            raise self._in_use(instance, counts)
        before = values_of(instance)
        try:
            with transaction.atomic():
                record(Action.DELETED, instance, before=before)
                instance.delete()
        except (ProtectedError, IntegrityError):  # referenced since the check
            raise self._in_use(instance, self.usage(instance)) from None

    def check(self, instance: M) -> M | None:
        """Check all rules for the instance as it would be saved. Raises like `create`. Returns the row as it is now."""
        refuse_card_numbers_of(instance, ids=self.id_fields, masked=self.masked_fields)
        stored = self.model._default_manager.filter(pk=instance.pk).first() if instance.pk else None
        taken = self.taken_sets(instance)
        if taken:
            raise self.unique_error(instance, taken)
        if stored is not None:
            self.check_channel_is_kept(instance, stored)
        self.check_rules(instance, stored)
        if second_person.is_required():
            names = self.loosened(instance, stored)
            if names:
                raise SecondPersonRequiredError(names)
        return stored

    def loosened(self, instance: M, stored: M | None) -> list[str]:
        """The controlled fields that are changed so that a second person is needed. `stored` is None for a new row."""
        if stored is None:
            return []
        approval = ["is_approved"] if hasattr(instance, "is_approved") else []
        changed = [
            name
            for name in [*approval, *self.controlled_fields]
            if getattr(instance, name) != getattr(stored, name)
        ]
        waits = not getattr(stored, "is_approved", True)
        return changed if not waits or "is_approved" in changed else []

    def describe(self, instance: M) -> dict[str, str]:
        """Label → text of every field, for the person who approves a change. Secrets masked."""
        return {
            str(field.verbose_name): SECRET_MASK
            if isinstance(field, EncryptedJSONField)
            else str(getattr(instance, field.name))
            for field in instance._meta.concrete_fields
            if field.editable
        }

    def check_rules(self, instance: M, stored: M | None) -> None:
        """Hook for the model's own rules. `stored` is the row before the change, None for a new one."""

    def taken_sets(self, instance: M) -> list[tuple[str, ...]]:
        """The unique sets that another row already has, in the order of the model's constraints."""
        others = self.model._default_manager.exclude(pk=instance.pk)
        return [
            fields
            for fields in self.unique_sets().values()
            if others.filter(self.same(instance, fields)).exists()
        ]

    def same(self, instance: M, fields: tuple[str, ...]) -> models.Q:
        """The rows that are equal in `fields`."""
        return models.Q(**{name: getattr(instance, name) for name in fields})

    def unique_error(self, instance: M, sets: list[tuple[str, ...]]) -> Exception:
        return UniqueSetsError(sets)

    def check_channel_is_kept(self, instance: M, stored: M) -> None:
        if getattr(instance, "channel_id", None) != getattr(stored, "channel_id", None):
            raise ChannelChangedError(
                code=self.channel_code,
                label=self.channel_label or f"{self.label or self.model.__name__}:",
                name=self.wire_name(stored),
                channel=cast(Any, instance).channel.name,  # only models with a channel come here
            )

    def wire_name(self, instance: M) -> str:
        """The object's name in messages of the contracts."""
        return str(getattr(instance, "slug", instance.pk))

    def usage(self, instance: M) -> dict[str, int]:
        """How many rows reference the object, by the plural names of their models; only numbers above 0."""
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

    def unique_sets(self) -> dict[str, tuple[str, ...]]:
        """Constraint → fields. Of unconditional ones over columns; subclasses check others themselves."""
        sets = [item for item in self.model._meta.constraints if isinstance(item, UniqueConstraint)]
        return {item.name: tuple(item.fields) for item in sets if item.fields and item.condition is None}

    @contextmanager
    def _rule_errors(self, instance: M) -> Iterator[None]:
        """Turns constraint violations into the errors of their rules: concurrent requests may all pass the check."""
        try:
            yield
        except IntegrityError as error:
            name = violated_constraint(error)
            sets = self.unique_sets()
            if name in sets:
                raise self.unique_error(instance, [sets[name]]) from None
            self.check(instance)  # the concurrent change is visible by now
            if isinstance(error.__cause__, ForeignKeyViolation):
                raise ReferenceGoneError from None
            raise

    def _changed_columns(self, instance: M, stored: M) -> list[str]:
        return [
            field.name
            for field in instance._meta.concrete_fields
            if (not self.written_fields or field.name in self.written_fields)
            and (getattr(field, "auto_now", False) or _differs(field, instance, stored))
        ]


def _differs(field: Any, instance: models.Model, stored: models.Model) -> bool:
    value = getattr(instance, field.attname)
    is_new_file = isinstance(field, models.FileField) and bool(value) and not value._committed
    return is_new_file or bool(value != getattr(stored, field.attname))
