from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config.process import app_role, checks  # need the settings

        checks.register_checks()
        # Sent once for each app with models, after all migrations: one of them is enough.
        post_migrate.connect(app_role.after_migrate, sender=apps.get_app_config("auth"))
