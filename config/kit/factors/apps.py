from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FactorsConfig(AppConfig):
    """The second factor of people: passkeys, authenticator apps, recovery codes."""

    name = "config.kit.factors"
    label = "factors"
    verbose_name = _("Second factor")

    def ready(self) -> None:
        from config.kit.factors import reset, session  # models are ready

        session.connect()
        reset.register()
