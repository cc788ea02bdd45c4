"""Log-ins, log-outs, users, roles and permissions: what Django's signals tell."""

from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.http import HttpRequest

from config.kit.audit.log import actor_of, record, record_saved, values_of
from config.kit.audit.models import Action
from config.kit.contracts.client_ip import client_ip

_NOT_TOLD = {"last_login"}


def connect() -> None:
    user_logged_in.connect(_logged_in, dispatch_uid="audit.logged_in")
    user_logged_out.connect(_logged_out, dispatch_uid="audit.logged_out")
    user_login_failed.connect(_login_failed, dispatch_uid="audit.login_failed")
    for model in (User, Group):
        pre_save.connect(_remember, sender=model, dispatch_uid=f"audit.remember.{model.__name__}")
        post_save.connect(_saved, sender=model, dispatch_uid=f"audit.saved.{model.__name__}")
        post_delete.connect(_deleted, sender=model, dispatch_uid=f"audit.deleted.{model.__name__}")
    for through in (User.groups.through, User.user_permissions.through, Group.permissions.through):
        m2m_changed.connect(_granted, sender=through, dispatch_uid=f"audit.granted.{through.__name__}")


def _logged_in(request: HttpRequest, user: User, **_: Any) -> None:
    record(Action.LOGGED_IN, user, actor=actor_of(user, client_ip(request)))


def _logged_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        record(Action.LOGGED_OUT, user, actor=actor_of(user, client_ip(request)))


def _login_failed(credentials: dict[str, Any], **_: Any) -> None:
    record(Action.LOG_IN_FAILED, name=str(credentials.get("username") or ""))


def _remember(instance: Any, raw: bool = False, **_: Any) -> None:
    stored = None if raw or instance._state.adding else type(instance).objects.filter(pk=instance.pk).first()
    instance._audit_stored = stored


def _saved(instance: Any, created: bool, raw: bool = False, update_fields: Any = None, **_: Any) -> None:
    if raw or (update_fields and set(update_fields) <= _NOT_TOLD):
        return
    record_saved(instance, None if created else instance._audit_stored)


def _deleted(instance: Any, **_: Any) -> None:
    record(Action.DELETED, instance, before=values_of(instance))


def _granted(
    instance: Any, action: str, model: Any, pk_set: set[int] | None, reverse: bool, **_: Any
) -> None:
    """Roles of a user, permissions of a user or a role; also from the other side."""
    if action == "pre_clear":
        names = sorted(str(each) for each in _related(instance, model, reverse))
        record(Action.REVOKED, instance, before={"all": names})
    if action in ("post_add", "post_remove") and pk_set:
        names = sorted(str(each) for each in model.objects.filter(pk__in=pk_set))
        told = {"users" if model is User else "roles" if model is Group else "permissions": names}
        if action == "post_add":
            record(Action.GRANTED, instance, after=told)
        else:
            record(Action.REVOKED, instance, before=told)


def _related(instance: Any, model: Any, reverse: bool) -> Any:
    if isinstance(instance, Permission) or reverse:
        return []
    name = (
        "permissions" if isinstance(instance, Group) else "groups" if model is Group else "user_permissions"
    )
    return getattr(instance, name).all()
