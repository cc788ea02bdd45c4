import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from vault.models.merchant import ApiKey, Merchant


class Action(models.TextChoices):
    SAVE = "save", _("Save")
    LIST = "list", _("List")
    UPDATE = "update", _("Change expiry")
    DELETE = "delete", _("Delete")
    REFUSE = "refuse", _("Rejected key")
    NEW_CODE = "new_code", _("New unique code")
    LOOK = "look", _("View in the admin")
    EXPORT = "export", _("Export from the admin")
    RETENTION = "retention", _("Removal by retention")


class AccessLog(models.Model):
    """One access to stored cards: who, which cards, when, from where, with which result. Append-only.

    `key` is set for a merchant's request, `user` for one in the admin, neither for tasks and commands. `card_ids` holds
    every card that was changed or shown, also after the card is deleted.
    """

    at = models.DateTimeField(_("When"), auto_now_add=True)
    merchant = models.ForeignKey(
        Merchant,
        verbose_name=_("Merchant"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
    )
    key = models.ForeignKey(
        ApiKey,
        verbose_name=_("API key"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("User"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
    )
    action = models.CharField(_("Action"), max_length=16, choices=Action.choices)
    error_code = models.PositiveIntegerField(
        _("Result"), default=0, help_text=_("The contract's ErrorCode: 0 is success.")
    )
    card_ids = ArrayField(models.BigIntegerField(), verbose_name=_("Cards"), default=list)
    detail = models.CharField(_("Detail"), max_length=200, blank=True, default="")
    address = models.GenericIPAddressField(_("Address"), null=True)
    request_id = models.CharField(_("Request"), max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("Access log entry")
        verbose_name_plural = _("Access log entries")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="vault_access_merchant"),
            models.Index(fields=["at"], name="vault_access_at"),
            GinIndex(fields=["card_ids"], name="vault_access_cards"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.get_action_display()}"
