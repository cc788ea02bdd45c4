from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication


class ApiClient(AbstractApplication):
    """A program that asks for tokens with a secret of its own (OAuth 2.0 client credentials).

    Whatever it does is done as `user`; what it may ask for is in `scopes`. Only a hash of the secret is kept.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("User"),
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Who its payments and refunds are recorded for."),
    )
    scopes = models.CharField(
        _("Scopes"),
        max_length=200,
        default="read",
        help_text=_("What it may ask for: read, pay, refund, hub."),
    )

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        ordering = ["name"]

    def __str__(self) -> str:
        return str(self.name or self.client_id)
