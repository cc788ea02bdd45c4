from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from payments.models.pos import POS


class CardMove(models.Model):
    """Cards that one person moved from a POS to another at once. Kept so that the move can be taken back exactly."""

    channel_path = "source__channel"

    source = models.ForeignKey(
        POS, verbose_name=_("From POS"), on_delete=models.CASCADE, related_name="moves_away"
    )
    target = models.ForeignKey(
        POS, verbose_name=_("To POS"), on_delete=models.CASCADE, related_name="moves_here"
    )
    moved: Any = models.JSONField(
        _("Moved"),
        default=dict,
        help_text=_("Table, then field, then the ids of its rows: what named one POS and names the other."),
    )
    count = models.PositiveIntegerField(_("Cards"))
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Moved by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    moved_at = models.DateTimeField(_("Moved"), db_default=Now())
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Moved back by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    undone_at = models.DateTimeField(_("Moved back"), null=True)

    class Meta:
        verbose_name = _("Move of cards")
        verbose_name_plural = _("Moves of cards")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"
