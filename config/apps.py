from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate, pre_migrate


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config.kit import readings as kit_readings
        from config.process import app_role, checks, readings, session_limits  # need the settings

        checks.register_checks()
        kit_readings.register(readings.read)
        pre_migrate.connect(session_limits.lift_for_migrations, sender=apps.get_app_config("auth"))
        post_migrate.connect(session_limits.limit_again, sender=apps.get_app_config("auth"))
        # Sent once for each app with models, after all migrations: one of them is enough.
        post_migrate.connect(app_role.after_migrate, sender=apps.get_app_config("auth"))
