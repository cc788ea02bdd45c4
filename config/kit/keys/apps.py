from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class KeysConfig(AppConfig):
    """Custody of the encryption keys: which there are, since when, and what is under each."""

    name = "config.kit.keys"
    label = "keys"
    verbose_name = _("Encryption keys")

    def ready(self) -> None:
        from config.kit.keys import custody  # models are ready

        post_migrate.connect(custody.after_migrate, sender=self)
