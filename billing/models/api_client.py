from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication


class ApiClient(AbstractApplication):
    """An OAuth 2.0 client (client credentials grant).

    It acts as `user` and can request the scopes in `scopes`, separated by spaces. Only a hash of its secret is stored.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("User"),
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Payments and refunds of the client are recorded under this user."),
    )
    scopes = models.CharField(
        _("Scopes"),
        max_length=200,
        default="read",
        help_text=_("Scopes that it can request: read, pay, refund, hub."),
    )

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        ordering = ["name"]

    def __str__(self) -> str:
        return str(self.name or self.client_id)
