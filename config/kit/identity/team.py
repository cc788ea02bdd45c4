"""Rights of users and roles: nobody grants what he does not hold, and more rights take two people."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit.identity import changes
from config.kit.identity.access import access_of
from config.kit.identity.changes import Line
from config.kit.identity.errors import ChangeOutdatedError, GrantError
from config.kit.identity.models import Access, ConfigurationChange

Rights = dict[str, Any]
"""Of a user or a role, as JSON: flags, and lists of ids."""

FLAGS = ("is_active", "is_staff", "is_superuser")
RELATIONS = ("groups", "user_permissions")
LIMITS = ("contracts", "channels", "tenants")
USER, ROLE, PASSWORD = "auth.user", "auth.group", "auth.user.password"


def rights_of_user(user: User) -> Rights:
    access = Access.objects.filter(user=user).first() or Access()
    return {
        **{name: getattr(user, name) for name in FLAGS},
        **{name: sorted(getattr(user, name).values_list("pk", flat=True)) for name in RELATIONS},
        **{name: list(getattr(access, name)) for name in LIMITS},
    }


def rights_of_role(role: Group) -> Rights:
    return {"permissions": sorted(role.permissions.values_list("pk", flat=True)) if role.pk else []}


def set_user_rights(user: User, rights: Rights) -> None:
    for name in FLAGS:
        setattr(user, name, rights[name])
    user.save(update_fields=FLAGS)
    for name in RELATIONS:
        getattr(user, name).set(rights[name])
    limits = {name: rights[name] for name in LIMITS}
    if any(limits.values()) or access_of(user) is not None:
        Access.objects.update_or_create(user=user, defaults=limits)


def is_more(before: Rights, after: Rights) -> bool:
    """Whether anybody may do more afterwards. Empty channels and tenants are all of them."""
    for name, value in after.items():
        known = before[name]
        if isinstance(value, bool):
            more = value and not known
        elif name in ("channels", "tenants"):
            more = bool(known) and not (value and set(value) <= set(known))
        elif name == "contracts":
            more = value != known
        else:
            more = not set(value) <= set(known)
        if more:
            return True
    return False


def check_grants(actor: Any, before: Rights, after: Rights) -> None:
    """Raises GrantError for a right that the actor does not hold."""
    if actor.is_superuser:
        return
    if after.get("is_superuser") and not before.get("is_superuser"):
        raise GrantError(_("Only a superuser can make somebody a superuser."))
    permissions = _added(before, after, "permissions") | _added(before, after, "user_permissions")
    roles = _added(before, after, "groups")
    granted = Permission.objects.filter(pk__in=permissions) | Permission.objects.filter(group__in=roles)
    missing = _names(granted) - actor.get_all_permissions()
    if missing:
        raise GrantError(
            _("You can't grant rights that you do not hold: %(rights)s.")
            % {"rights": ", ".join(sorted(missing))}
        )


def holds_all_of(actor: Any, user: User) -> bool:
    """Whether the actor may do everything that the user may: else he would gain rights by the user's password."""
    if actor.is_superuser or actor.pk == user.pk:
        return True
    return not user.is_superuser and user.get_all_permissions() <= actor.get_all_permissions()


def ask_for_rights(
    kind: str, instance: User | Group, before: Rights, after: Rights, *, user_id: int | None, reason: str
) -> ConfigurationChange:
    lines = [
        Line(label=_label(name), before=_text(name, before[name]), after=_text(name, after[name]))
        for name in after
        if before[name] != after[name]
    ]
    payload = {"before": before, "after": after}
    return changes.ask(
        kind=kind,
        object_id=instance.pk,
        name=str(instance),
        lines=lines,
        payload=payload,
        user_id=user_id,
        reason=reason,
    )


def ask_for_password(user: User, encoded: str, *, user_id: int | None) -> ConfigurationChange:
    """A password that another person has chosen: with it he could act, and approve, as this user."""
    return changes.ask(
        kind=PASSWORD,
        object_id=user.pk,
        name=str(user),
        lines=[Line(label=_("Password"), before="********", after=_("set by another user"))],
        payload={"password": encoded},
        user_id=user_id,
    )


class UserControl:
    title: str | Promise = gettext_lazy("Rights of a user")
    permission = "auth.change_user"

    def apply(self, change: ConfigurationChange, approver: User) -> None:
        user = User.objects.select_for_update(no_key=True).filter(pk=change.object_id or 0).first()
        if user is None or rights_of_user(user) != change.payload["before"]:
            raise ChangeOutdatedError(_("The user has changed since. Ask for the change again."))
        _require_other_person(user, approver)
        check_grants(approver, change.payload["before"], change.payload["after"])
        set_user_rights(user, change.payload["after"])


class RoleControl:
    title: str | Promise = gettext_lazy("Rights of a role")
    permission = "auth.change_group"

    def apply(self, change: ConfigurationChange, approver: User) -> None:
        role = Group.objects.select_for_update(no_key=True).filter(pk=change.object_id or 0).first()
        if role is None or rights_of_role(role) != change.payload["before"]:
            raise ChangeOutdatedError(_("The role has changed since. Ask for the change again."))
        check_grants(approver, change.payload["before"], change.payload["after"])
        role.permissions.set(change.payload["after"]["permissions"])


class PasswordControl:
    title: str | Promise = gettext_lazy("Password of a user")
    permission = "auth.change_user"

    def apply(self, change: ConfigurationChange, approver: User) -> None:
        user = User.objects.select_for_update(no_key=True).filter(pk=change.object_id or 0).first()
        if user is None or not holds_all_of(approver, user):
            raise GrantError(_("This user has rights that you do not hold."))
        user.password = change.payload["password"]
        user.save(update_fields=["password"])


def register() -> None:
    changes.register(USER, UserControl())
    changes.register(ROLE, RoleControl())
    changes.register(PASSWORD, PasswordControl())


def _require_other_person(user: User, approver: User) -> None:
    if user.pk == approver.pk:
        raise GrantError(_("A different user must approve your own rights."))


def _added(before: Rights, after: Rights, name: str) -> set[int]:
    return set(after.get(name, [])) - set(before.get(name, []))


def _names(permissions: Iterable[Permission]) -> set[str]:
    rows = Permission.objects.filter(pk__in=[permission.pk for permission in permissions])
    return {f"{app}.{codename}" for app, codename in rows.values_list("content_type__app_label", "codename")}


def _label(name: str) -> str:
    model: Any = Access if name in LIMITS else Group if name == "permissions" else User
    return str(model._meta.get_field(name).verbose_name)


def _text(name: str, value: Any) -> str:
    if name == "groups":
        return ", ".join(Group.objects.filter(pk__in=value).values_list("name", flat=True))
    if name in ("permissions", "user_permissions"):
        return ", ".join(
            str(row) for row in Permission.objects.filter(pk__in=value).select_related("content_type")
        )
    return ", ".join(map(str, value)) if isinstance(value, list) else (_("yes") if value else _("no"))
