"""Taking the factors of somebody away who has lost them: asked for by one person, done by another."""

from django.contrib.auth.models import User
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit import second_person
from config.kit.factors import enrolment, policy
from config.kit.identity import changes, team
from config.kit.identity.changes import Line
from config.kit.identity.errors import ChangeOutdatedError, GrantError
from config.kit.identity.models import ConfigurationChange

KIND = "auth.user.factors"


def reset(user: User, actor: User, reason: str) -> ConfigurationChange | None:
    """The change that waits; None where no second person is required, and it is done.

    Raises GrantError for one's own factors, and for those of somebody who may do more.
    """
    _check(user, actor)
    if not second_person.is_required():
        enrolment.remove_all(user, actor_id=actor.pk)
        return None
    names = ", ".join(device.name for rows in policy.factors_of(user) for device in rows)
    return changes.ask(
        kind=KIND,
        object_id=user.pk,
        name=str(user),
        lines=[Line(label=_("Second factor"), before=names, after="")],
        payload={"reset": True},
        user_id=actor.pk,
        reason=reason,
    )


class FactorsControl:
    title: str | Promise = gettext_lazy("Second factor of a user")
    permission = "auth.change_user"

    def apply(self, change: ConfigurationChange, approver: User) -> None:
        user = User.objects.filter(pk=change.object_id or 0).first()
        if user is None:
            raise ChangeOutdatedError(_("The user has changed since. Ask for the change again."))
        _check(user, approver)
        enrolment.remove_all(user, actor_id=approver.pk)


def register() -> None:
    changes.register(KIND, FactorsControl())


def _check(user: User, actor: User) -> None:
    if user.pk == actor.pk:
        raise GrantError(_("A different user must reset your own second factor."))
    if not team.holds_all_of(actor, user):
        raise GrantError(_("This user has rights that you do not hold."))
