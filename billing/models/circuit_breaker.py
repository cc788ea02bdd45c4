from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class CircuitBreaker(models.Model):
    """Stops calls to a POS whose bank does not answer. A POS without a row has always answered.

    Closed: `open_until` is empty. Open: it is in the future. Half-open: it is in the past; the process that moves it
    forward sends the one request that probes the bank.
    """

    channel_path = "pos__channel"

    pos = models.OneToOneField(
        "payments.POS",
        verbose_name=_("POS"),
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="breaker",
    )
    failures = models.PositiveIntegerField(
        _("Failures"), default=0, help_text=_("Calls in a row without an answer.")
    )
    open_until = models.DateTimeField(_("Open until"), null=True)
    changed_at = models.DateTimeField(_("Changed at"), db_default=Now())

    class Meta:
        verbose_name = _("Circuit breaker")
        verbose_name_plural = _("Circuit breakers")
        ordering = ["pos"]
        permissions = [("reset_circuitbreaker", "Can close circuit breakers manually")]
        indexes = [
            models.Index(
                fields=["open_until"],
                condition=Q(open_until__isnull=False),
                name="billing_circuitbreaker_open",
            )
        ]

    def __str__(self) -> str:
        return str(self.pos)
