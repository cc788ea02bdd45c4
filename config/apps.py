from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config.process import app_role, checks  # need the settings

        checks.register_checks()
        post_migrate.connect(app_role.after_migrate, sender=self)
