"""What users and their tokens may reach, and changes of the configuration that wait for a second person."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.kit.lib.encrypted_model import EncryptedModel
from config.kit.lib.encryption import EncryptedJSONField


class Contract(models.TextChoices):
    """Published APIs whose tokens are bound to a user."""

    OMNITRON = "omnitron", _("Omnitron (/api/v1)")
    BIMETRI = "bimetri", _("Bimetri bill payment")
    NAVIGA = "naviga", _("Naviga billing")
    TMF = "tmf", _("TM Forum and BRM")


class Access(models.Model):
    """Limits of a user's tokens. Arrays instead of relations: they are read with the user, in one query."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="access"
    )
    contracts = ArrayField(
        models.CharField(max_length=16, choices=Contract.choices),
        verbose_name=_("Contracts"),
        default=list,
        blank=True,
        help_text=_("Empty: all for users of the admin; else only the one where the user logs in."),
    )
    channels = ArrayField(
        models.BigIntegerField(),
        verbose_name=_("Channels"),
        default=list,
        blank=True,
        help_text=_("Empty: all channels."),
    )
    tenants = ArrayField(
        models.BigIntegerField(),
        verbose_name=_("Tenants"),
        default=list,
        blank=True,
        help_text=_("Empty: all tenants."),
    )
    token_generation = models.PositiveIntegerField(
        default=0, editable=False, help_text="Tokens of an earlier generation are revoked."
    )

    class Meta:
        verbose_name = _("Access")
        verbose_name_plural = _("Access")

    def __str__(self) -> str:
        return str(self.user)


class LoginKind(models.TextChoices):
    BROWSER = "browser", _("Browser session")
    JWT = "jwt", _("Token (JWT)")
    KEY = "key", _("API key")


class Login(models.Model):
    """A browser session, JWT or API key of a user. `handle` finds it and opens nothing that this database guards less:
    the session's key, the token's `jti`, the digest of the key.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("User"), on_delete=models.CASCADE, related_name="logins"
    )
    kind = models.CharField(_("Kind"), max_length=8, choices=LoginKind.choices)
    handle = models.CharField(max_length=128, unique=True)
    contract = models.CharField(
        _("Contract"), max_length=16, choices=Contract.choices, blank=True, default=""
    )
    created_at = models.DateTimeField(_("Since"), auto_now_add=True)
    expires_at = models.DateTimeField(_("Expires at"), null=True)
    last_used_at = models.DateTimeField(_("Last used at"), null=True)
    last_used_address = models.GenericIPAddressField(_("Last used from"), null=True)
    ended_at = models.DateTimeField(_("Ended at"), null=True)

    class Meta:
        verbose_name = _("Session or key")
        verbose_name_plural = _("Sessions and keys")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class FailedLogIn(models.Model):
    """A wrong password or code of a user that exists. Shown at the next log-in."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="failed_log_ins"
    )
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id} {self.at:%Y-%m-%d %H:%M}"


class FormerPassword(models.Model):
    """The hashes of a user's last passwords, the present one included. A trigger of this app's migrations writes them,
    whatever sets the password.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="former_passwords"
    )
    encoded = models.CharField(max_length=128)
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id} {self.set_at:%Y-%m-%d}"


class ChangeState(models.TextChoices):
    WAITING = "waiting", _("Waiting for approval")
    APPLIED = "applied", _("Applied")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")
    OUTDATED = "outdated", _("Outdated")  # the object was changed meanwhile


class ChangeQuerySet(models.QuerySet["ConfigurationChange"]):
    def waiting(self) -> "ChangeQuerySet":
        return self.filter(state=ChangeState.WAITING, expires_at__gt=Now())


class ConfigurationChange(EncryptedModel):
    """A change that loosens a control. It is applied when another person approves it.

    `lines` is what people read (label, before, after; secrets masked), `payload` what is applied.
    """

    kind = models.CharField(_("Kind"), max_length=64, editable=False)
    object_id = models.BigIntegerField(_("Object"), null=True, editable=False)
    object_name = models.CharField(_("Name"), max_length=200, editable=False)
    lines = models.JSONField(_("Changes"), editable=False)
    payload: Any = EncryptedJSONField()
    base = models.CharField(
        max_length=64,
        blank=True,
        default="",
        editable=False,
        help_text="Fingerprint of the object as it was.",
    )
    reason = models.CharField(_("Reason"), max_length=500, blank=True, default="", editable=False)
    state = models.CharField(
        _("State"), max_length=16, choices=ChangeState.choices, default=ChangeState.WAITING, editable=False
    )
    requested_at = models.DateTimeField(_("Requested at"), auto_now_add=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Requested by"),
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    authors = ArrayField(models.BigIntegerField(), editable=False)
    expires_at = models.DateTimeField(_("Expires at"), editable=False)
    decided_at = models.DateTimeField(_("Decided at"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Decided by"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decision_note = models.CharField(
        _("Decision note"), max_length=500, blank=True, default="", editable=False
    )

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Change of the configuration")
        verbose_name_plural = _("Changes of the configuration")
        ordering = ["-pk"]
        permissions = [("approve_configurationchange", "Can approve configuration changes of others")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id"],
                condition=Q(state=ChangeState.WAITING, object_id__isnull=False),
                name="identity_one_waiting_change",
            ),
            models.CheckConstraint(
                condition=~Q(state=ChangeState.APPLIED)
                | Q(decided_by__isnull=False) & ~Q(decided_by=F("requested_by")),
                name="identity_change_second_person",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="facts_are_fixed",
                fields=[
                    "kind",
                    "object_id",
                    "object_name",
                    "lines",
                    "base",
                    "reason",
                    "requested_by",
                    "authors",
                ],
            ),
            pgtrigger.Protect(
                name="decided_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__state__in=["applied", "rejected", "withdrawn", "expired", "outdated"]
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.object_name

    @property
    def is_waiting(self) -> bool:
        return self.state == ChangeState.WAITING and self.expires_at > timezone.now()
