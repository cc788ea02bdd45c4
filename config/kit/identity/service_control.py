"""Control over the models that a Service writes: the whole change of a row waits, and is saved through its service."""

import json
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext as _

from config.kit.identity import changes
from config.kit.identity.changes import Line
from config.kit.identity.errors import ChangeOutdatedError
from config.kit.identity.models import ConfigurationChange
from config.kit.lib.encryption import fingerprint, fingerprints
from config.kit.services import Service

M = TypeVar("M", bound=models.Model)
_PURPOSE = "identity.change"


class ServiceControl:
    """`permission`: "payments.change_pos"."""

    def __init__(self, service: Service[Any], permission: str) -> None:
        self.service, self.permission = service, permission
        self.title = service.model._meta.verbose_name or ""

    def apply(self, change: ConfigurationChange, approver: User) -> None:
        rows = self.service.model._default_manager.select_for_update(no_key=True)
        instance = rows.filter(pk=change.object_id).first()
        if instance is None or change.base not in fingerprints(_state(self.service, instance), _PURPOSE):
            raise ChangeOutdatedError(_("The object has changed since. Ask for the change again."))
        fields = {field.attname: field for field in instance._meta.concrete_fields}
        for name, value in change.payload.items():
            setattr(instance, name, fields[name].to_python(value))
        self.service.save(instance)


def register(service: Service[Any], permission: str) -> None:
    changes.register(kind_of(service.model), ServiceControl(service, permission))


def kind_of(model: type[models.Model]) -> str:
    return model._meta.label_lower


def ask_for(
    service: Service[M], instance: M, *, user_id: int | None, reason: str = ""
) -> ConfigurationChange:
    """Let the unsaved changes of `instance` wait for another person."""
    stored = service.model._default_manager.get(pk=instance.pk)
    payload = {
        field.attname: _plain(getattr(instance, field.attname))
        for field in instance._meta.concrete_fields
        if getattr(instance, field.attname) != getattr(stored, field.attname)
    }
    return changes.ask(
        kind=kind_of(service.model),
        object_id=instance.pk,
        name=str(stored),
        lines=_lines(service.describe(stored), service.describe(instance)),
        payload=payload,
        user_id=user_id,
        reason=reason,
        base=fingerprint(_state(service, stored), _PURPOSE),
    )


def ask_for_approval(service: Service[Any], instance: Any, *, user_id: int | None) -> None:
    """Let a new row, which is not used until then, wait for another person. Does nothing for an approved one."""
    if user_id is None or getattr(instance, "is_approved", True):
        return
    changes.ask(
        kind=kind_of(service.model),
        object_id=instance.pk,
        name=str(instance),
        lines=[
            Line(label=label, before="", after=text) for label, text in service.describe(instance).items()
        ],
        payload={"is_approved": True},
        user_id=user_id,
        base=fingerprint(_state(service, instance), _PURPOSE),
    )


def _state(service: Service[Any], instance: models.Model) -> str:
    """The controlled fields: an approval is for what its request showed, and for nothing that came later."""
    return json.dumps(
        {name: _plain(getattr(instance, name)) for name in service.controlled_fields}, sort_keys=True
    )


def _lines(before: dict[str, str], after: dict[str, str]) -> list[Line]:
    labels = [*before, *(label for label in after if label not in before)]
    return [
        Line(label=label, before=before.get(label, ""), after=after.get(label, ""))
        for label in labels
        if before.get(label) != after.get(label)
    ]


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))
