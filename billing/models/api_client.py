from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication


class ApiClient(AbstractApplication):
    """An OAuth 2.0 client (client credentials grant).

    It can request the scopes in `scopes`, separated by spaces, and gets no tokens before it is approved. Only hashes of
    its secrets are stored: after a rotation the former one stays valid for a while. `user` is its service identity:
    nobody can log in with it, and its Access has the same `channels`.
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
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Owner"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who answers for this program."),
    )
    channels = ArrayField(
        models.BigIntegerField(),
        verbose_name=_("Channels"),
        default=list,
        blank=True,
        help_text=_("Empty: all channels."),
    )
    allowed_addresses = ArrayField(
        models.CharField(max_length=43),
        verbose_name=_("Allowed addresses"),
        default=list,
        blank=True,
        help_text=_(
            "IP addresses or networks (192.0.2.0/24), separated by commas. Leave empty to allow all."
        ),
    )
    expires_at = models.DateTimeField(
        _("Expires at"), null=True, blank=True, help_text=_("Leave empty if the client does not expire.")
    )
    former_secret = models.CharField(max_length=255, blank=True, default="", editable=False)
    former_secret_until = models.DateTimeField(_("Former secret valid until"), null=True, editable=False)
    overlap_hours = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="Asked for with a new secret that waits for approval."
    )
    last_used_at = models.DateTimeField(_("Last used at"), null=True, editable=False)
    last_used_address = models.GenericIPAddressField(_("Last used from"), null=True, editable=False)
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
        has_ended = self.expires_at is not None and self.expires_at <= timezone.now()
        return bool(self.is_approved and self.user.is_active and not has_ended)

    def valid_former_secret(self) -> str:
        """Its hash; "" if there is none, or no longer."""
        is_valid = self.former_secret_until is not None and self.former_secret_until > timezone.now()
        return str(self.former_secret) if is_valid else ""
