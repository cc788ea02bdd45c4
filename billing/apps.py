from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Billing")

    def ready(self) -> None:
        """Register what writes the bodies of the hub's events, what asks banks, and what takes two people."""
        from billing import readings
        from billing.agreed import move_costs as agreed_costs
        from billing.attempts import breaker
        from billing.contracts.tmf.tmf676.events import messages_for
        from billing.hub import shaping
        from billing.services import api_client, exchange_rate, pos_connection
        from config.kit import readings as kit_readings
        from config.kit.identity import changes, service_control
        from payments import charge_obstacles, connection_test, move_costs

        kit_readings.register(readings.read)
        shaping.register(messages_for)
        charge_obstacles.add_live_check(breaker.obstacle)
        move_costs.register(agreed_costs.compare, permission=agreed_costs.PERMISSION)
        connection_test.register(pos_connection.ask_bank)
        changes.register(exchange_rate.KIND, exchange_rate.ExchangeRateControl())
        service_control.register(api_client.clients, "billing.change_apiclient")
