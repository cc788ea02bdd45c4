"""The audit log by person, kind of object and day. Each filter is served by an index, in the list's order."""

from functools import cache

from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.kit.admin.filters import ChoiceFilter, Choices, PeriodFilter
from config.kit.audit.models import Action, ActorKind

MOST_PEOPLE = 500

CHANGES = (
    Action.CREATED,
    Action.CHANGED,
    Action.DELETED,
    Action.IMPORTED,
    Action.GRANTED,
    Action.REVOKED,
    Action.CHANGE_APPLIED,
)
"""What changes objects. The others are log-ins, looks, exports and money."""


class ChangesFilter(ChoiceFilter):
    title = _("changes")
    parameter_name = "changes"

    def conditions(self) -> Choices:
        return {
            "all": (_("All changes"), Q(action__in=CHANGES)),
            "deleted": (_("Deleted objects"), Q(action=Action.DELETED)),
        }


class PersonFilter(ChoiceFilter):
    """Names are kept as they were: who was deleted is found by the search box."""

    title = _("person")
    parameter_name = "person"

    def conditions(self) -> Choices:
        names = User.objects.order_by("username").values_list("username", flat=True)[:MOST_PEOPLE]
        return {
            "-": (_("Nobody (the system)"), Q(actor_kind=ActorKind.SYSTEM)),
            **{name: (name, Q(actor=name)) for name in names},
        }


@cache
def audited_types() -> frozenset[str]:
    """All models, as the log names them."""
    return frozenset(model._meta.label_lower for model in apps.get_models())


class TypeFilter(ChoiceFilter):
    title = _("kind of object")
    parameter_name = "type"

    def conditions(self) -> Choices:
        kept = [model for model in apps.get_models() if hasattr(model, "pgh_event_model")]
        others = [apps.get_model(name) for name in ("auth.User", "auth.Group")]
        return {
            model._meta.label_lower: (model._meta.verbose_name or "", Q(object_type=model._meta.label_lower))
            for model in sorted(kept + others, key=lambda model: str(model._meta.verbose_name).casefold())
        }


class AtFilter(PeriodFilter):
    column = "at"
