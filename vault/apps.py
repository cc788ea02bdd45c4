from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VaultConfig(AppConfig):
    name = "vault"
    verbose_name = _("Card vault")

    def ready(self) -> None:
        from config.kit.identity import service_control
        from vault import services

        service_control.register(services.keys, "vault.change_apikey")
