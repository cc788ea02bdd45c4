from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication


class ApiClient(AbstractApplication):
    """An OAuth 2.0 client (client credentials grant).

    It can request the scopes in `scopes`, separated by spaces, and gets no tokens before it is approved. Only a hash of
    its secret is stored. `user` is its service identity: nobody can log in with it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("User"),
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Payments and refunds of the client are recorded under this user."),
    )
    scopes = models.CharField(
        _("Scopes"),
        max_length=200,
        default="read",
        help_text=_("Scopes that it can request: read, pay, record, refund, hub, methods, change_methods."),
    )
    is_approved = models.BooleanField(_("Approved"), default=True, editable=False)
    known_to = ArrayField(
        models.BigIntegerField(),
        default=list,
        editable=False,
        help_text="Ids of the users who created the client or saw a secret. They do not approve what it requests.",
    )

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        ordering = ["name"]

    def __str__(self) -> str:
        return str(self.name or self.client_id)

    def is_usable(self, request: object) -> bool:
        """Asked by django-oauth-toolkit when a token is issued and when one is used."""
        return bool(self.is_approved and self.user.is_active)
