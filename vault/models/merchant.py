from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.kit.lib.encrypted_model import EncryptedModel
from config.kit.lib.encryption import EncryptedJSONField, FingerprintField
from config.kit.model_mixins import Dated, tracked


@tracked()
class Merchant(Dated):
    """A company whose back end stores cards here. Deleting one keeps its row and removes its cards (vault.tasks)."""

    name = models.CharField(_("Name"), max_length=128)
    is_active = models.BooleanField(_("Is active"), default=True)
    deleted_at = models.DateTimeField(_("Deleted at"), null=True, editable=False)

    class Meta:
        verbose_name = _("Merchant")
        verbose_name_plural = _("Merchants")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="vault_merchant_name"),
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) | Q(is_active=False),
                name="vault_merchant_deleted_is_off",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KeyStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")
    WAITING = "waiting", _("Waiting for approval")


@tracked(exclude=["sealed", "private_hash", "client_hash", "last_used_at", "last_used_address"])
class ApiKey(EncryptedModel, Dated):
    """A pair of keys, `apikeyprivate` and `apiclientprivate`, stored as keyed hashes and shown once.

    `prefix` is the beginning of apikeyprivate, by which the pair is found and shown. `sealed` is the SHA-256 of both
    keys, encrypted, from which the keyed hashes can be made again with another encryption key.
    """

    PREFIX_LENGTH = 8

    merchant = models.ForeignKey(
        Merchant, verbose_name=_("Merchant"), on_delete=models.PROTECT, related_name="keys"
    )
    prefix = models.CharField(_("Prefix"), max_length=PREFIX_LENGTH, unique=True, editable=False)
    sealed: Any = EncryptedJSONField()
    private_hash = FingerprintField(of="private", source="sealed", purpose="vault.apikeyprivate")
    client_hash = FingerprintField(of="client", source="sealed", purpose="vault.apiclientprivate")
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
        _("Expires at"), null=True, blank=True, help_text=_("Leave empty if the key does not expire.")
    )
    is_approved = models.BooleanField(_("Approved"), default=True, editable=False)
    revoked_at = models.DateTimeField(_("Revoked at"), null=True, editable=False)
    last_used_at = models.DateTimeField(_("Last used at"), null=True, editable=False)
    last_used_address = models.GenericIPAddressField(_("Last used from"), null=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"apikeyprivate {self.prefix}…"

    @property
    def status(self) -> KeyStatus:
        if self.revoked_at is not None:
            return KeyStatus.REVOKED
        if not self.is_approved:
            return KeyStatus.WAITING
        if self.expires_at is not None and self.expires_at <= timezone.now():
            return KeyStatus.EXPIRED
        return KeyStatus.ACTIVE
