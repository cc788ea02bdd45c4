from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdentityConfig(AppConfig):
    """Who may do what, and what takes two people."""

    name = "config.kit.identity"
    label = "identity"
    verbose_name = _("Team")
