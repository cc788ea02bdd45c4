from django.db import models
from django.utils.translation import gettext_lazy as _


class KnownKey(models.Model):
    """A key that ENCRYPTION_KEYS has or had. Nothing of the key is here: `id` is derived from it one way."""

    id = models.CharField(_("Key"), max_length=8, primary_key=True)
    master = models.CharField(
        _("Wrapped by"), max_length=100, blank=True, default="", help_text="Empty: the key is in clear."
    )
    since = models.DateTimeField(_("Since"))
    removed_at = models.DateTimeField(_("Removed at"), null=True)

    class Meta:
        verbose_name = _("Encryption key")
        verbose_name_plural = _("Encryption keys")
        ordering = ["-since", "id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.id
