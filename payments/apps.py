from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = _("Payment Management")

    def ready(self) -> None:
        from config.kit.identity import service_control
        from payments import (
            checks,  # noqa: F401 registers the system checks
            services,
        )

        service_control.register(services.pos, "payments.change_pos")
        service_control.register(services.channels, "payments.change_channel")
