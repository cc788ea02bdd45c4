"""The audit log: entries in a chain of hashes, one chain a day, and signed seals of its heads.

Nothing here is written by the ORM: `audit_append` (migration 0001) is the only way in, and the program's role may do no
more than call it.
"""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class ActorKind(models.TextChoices):
    PERSON = "person", _("Person")
    SERVICE = "service", _("Service")
    SYSTEM = "system", _("System")


class Action(models.TextChoices):
    LOGGED_IN = "log_in.succeeded", _("Logged in")
    LOG_IN_FAILED = "log_in.failed", _("Log-in failed")
    LOGGED_OUT = "log_out", _("Logged out")
    FACTOR_CHANGED = "factor.changed", _("Second factor changed")
    KEY_ISSUED = "key.issued", _("Token or key issued")
    KEY_ENDED = "key.ended", _("Session, token or key ended")
    CREATED = "created", _("Created")
    CHANGED = "changed", _("Changed")
    DELETED = "deleted", _("Deleted")
    GRANTED = "permission.granted", _("Permission granted")
    REVOKED = "permission.revoked", _("Permission revoked")
    SECRET_SHOWN = "secret.shown", _("Secret shown")
    CARD_SEEN = "card.seen", _("Card looked up")
    EXPORTED = "exported", _("Exported")
    IMPORTED = "imported", _("Imported")
    CHANGE_ASKED = "change.asked", _("Change asked for")
    CHANGE_APPLIED = "change.applied", _("Change approved")
    CHANGE_REJECTED = "change.rejected", _("Change rejected")
    CHANGE_WITHDRAWN = "change.withdrawn", _("Change withdrawn")
    MONEY = "money", _("Money")
    MONEY_APPROVED = "money.approved", _("Refund or settlement approved")
    MONEY_REJECTED = "money.rejected", _("Refund or settlement rejected")


class Entry(models.Model):
    """What somebody did. `day`, `number` and `hash` are its place in the chain, which it gets when it is committed."""

    app_role_rights: ClassVar[tuple[str, ...]] = ("SELECT",)

    at = models.DateTimeField(_("Time"))
    actor_kind = models.CharField(_("Kind of actor"), max_length=8, choices=ActorKind.choices)
    actor = models.CharField(_("Actor"), max_length=150)
    actor_id = models.BigIntegerField(_("User"), null=True)
    address = models.GenericIPAddressField(_("Address"), null=True)
    request_id = models.CharField(_("Request"), max_length=64)
    action = models.CharField(_("Action"), max_length=40, choices=Action.choices)
    object_type = models.CharField(_("Type"), max_length=64)
    object_id = models.CharField(_("Object"), max_length=64)
    object_name = models.CharField(_("Name"), max_length=200)
    before: Any = models.JSONField(_("Before"), null=True)
    after: Any = models.JSONField(_("After"), null=True)
    reason = models.CharField(_("Reason"), max_length=500)
    day = models.DateField(null=True)
    number = models.BigIntegerField(null=True)
    hash = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("Entry of the audit log")
        verbose_name_plural = _("Audit log")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_entry_object"),
            models.Index(fields=["object_type", "-id"], name="audit_entry_type"),
            models.Index(fields=["actor", "-id"], name="audit_entry_actor"),
            models.Index(fields=["action", "-id"], name="audit_entry_action"),
            models.Index(fields=["at"], name="audit_entry_at"),
            models.Index(
                fields=["request_id"], condition=~models.Q(request_id=""), name="audit_entry_request"
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["day", "number"], name="audit_entry_place")]

    def __str__(self) -> str:
        return f"{self.actor}: {self.get_action_display()} {self.object_name}".strip()


class Day(models.Model):
    """The head of one day's chain. `previous` is the head of the day before, which chains the days."""

    app_role_rights: ClassVar[tuple[str, ...]] = ("SELECT",)

    day = models.DateField(primary_key=True)
    previous = models.BinaryField()
    count = models.BigIntegerField()
    hash = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"


class Seal(models.Model):
    """A signed statement: on this day the chain had so many entries, and this head. Also kept outside (`anchors`)."""

    app_role_rights: ClassVar[tuple[str, ...]] = ("SELECT", "INSERT")

    day = models.DateField()
    count = models.BigIntegerField()
    hash = models.BinaryField()
    signed_at = models.DateTimeField(auto_now_add=True)
    key = models.CharField(max_length=64, help_text="The public key (Ed25519, hexadecimal).")
    signature = models.CharField(max_length=128, help_text="Of day, count and hash (hexadecimal).")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"
