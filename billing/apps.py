from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Billing")

    def ready(self) -> None:
        """Hands the hub the contract that words its events: the hub itself knows none."""
        from billing.contracts.tmf.tmf676.events import messages_for
        from billing.hub import shaping

        shaping.register(messages_for)
