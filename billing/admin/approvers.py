"""Tells on the page of what waits for approval who may approve it, and why this user may not."""

from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from billing.services.approval import may_approve

MOST_NAMES = 5
BACKEND = "django.contrib.auth.backends.ModelBackend"


def approvers_text(request: HttpRequest, permission: str, requested_by_id: int | None) -> str:
    """`permission` is `app_label.codename`."""
    names = _approvers(permission, requested_by_id)
    who = ", ".join(names) if names else _("nobody yet: an administrator must give somebody the role Finance")
    if request.user.pk == requested_by_id:
        return _("You requested this. A different user must approve it: %(who)s.") % {"who": who}
    if not request.user.has_perm(permission):
        return _("You do not have the permission to approve this. These users have it: %(who)s.") % {
            "who": who
        }
    if not may_approve(request.user.pk, requested_by_id=requested_by_id):
        return _(
            "You know the secret of the API client that requested this. Another user must approve it: %(who)s."
        ) % {"who": who}
    return _("Waits for approval. You can approve or reject it.")


def _approvers(permission: str, requested_by_id: int | None) -> list[str]:
    users: Any = get_user_model()._default_manager
    able = users.with_perm(permission, backend=BACKEND).exclude(pk=requested_by_id).order_by("username")
    names = [
        user.get_username()
        for user in able[: MOST_NAMES * 4]
        if may_approve(user.pk, requested_by_id=requested_by_id)
    ]
    return [*names[:MOST_NAMES], *(["…"] if len(names) > MOST_NAMES else [])]
