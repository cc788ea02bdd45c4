from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """Filters of the payments list under a name, for everybody who may see payments."""

    name = models.CharField(_("Name"), max_length=60)
    query = models.CharField(_("Filters"), max_length=1000)
    """The query string of the list's address."""
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Created by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(_("Created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("Saved view")
        verbose_name_plural = _("Saved views")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["name"], name="billing_savedview_name")]

    def __str__(self) -> str:
        return self.name
