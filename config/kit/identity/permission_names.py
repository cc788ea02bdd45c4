"""Permissions in the reader's language: Django names them in English, in the database."""

from typing import Any

from django.contrib.auth.models import Permission
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

ACTIONS = {"add": _("add"), "change": _("change"), "delete": _("delete"), "view": _("view")}
OF_MODELS = (
    _("Can allocate payments to bills and remove allocations"),
    _("Can approve configuration changes of others"),
    _("Can approve refunds requested by others"),
    _("Can close circuit breakers manually"),
    _("Can close days of statements"),
    _("Can close differences of statements and request write-offs"),
    _("Can query the bank about payments"),
    _("Can record money received outside"),
    _("Can refund and void payments"),
    _("Can renew the unique codes of stored cards"),
    _("Can see the secrets of a POS"),
    _("Can settle payments manually"),
)
"""Those that models declare."""
OF_PACKAGES = (_("WebAuthn user handle"),)
"""Models of packages whose own catalogues have no Turkish."""


def permission_name(permission: Permission) -> str:
    """The model and what may be done, or the permission's own words."""
    action = permission.codename.partition("_")[0]
    model: Any = permission.content_type.model_class()
    is_djangos = model is not None and permission.codename == f"{action}_{model._meta.model_name}"
    if not is_djangos or action not in ACTIONS:
        return f"{_model_name(model)}: {gettext(permission.name)}" if model else gettext(permission.name)
    return f"{_model_name(model)}: {ACTIONS[action]}"


def _model_name(model: Any) -> str:
    tracked = getattr(model, "pgh_tracked_model", None)  # rows of the history of a model
    if tracked is not None:
        return f"{tracked._meta.verbose_name} ({gettext('History')})"
    return str(model._meta.verbose_name)
