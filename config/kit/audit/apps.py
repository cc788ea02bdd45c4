from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Who did what: a log that can be proved."""

    name = "config.kit.audit"
    label = "audit"
    verbose_name = _("Audit log")

    def ready(self) -> None:
        from config.kit.audit import people  # models are ready

        people.connect()
