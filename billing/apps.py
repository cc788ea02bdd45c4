from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Billing")

    def ready(self) -> None:
        """Register the contract that writes the bodies of the hub's events."""
        from billing.contracts.tmf.tmf676.events import messages_for
        from billing.hub import shaping

        shaping.register(messages_for)
