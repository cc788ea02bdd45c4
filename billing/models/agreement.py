"""What was agreed with the bank behind a POS, and the days on which banks pay."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.base import Dated, tracked


@tracked()
class AcquiringAgreement(Dated):
    """The bank behind a POS: whose cards are its own, who lists the POS on its statements, and where it pays."""

    channel_path = "pos__channel"

    pos = models.OneToOneField(
        "payments.POS", verbose_name=_("POS"), on_delete=models.PROTECT, related_name="agreement"
    )
    bank = models.ForeignKey(
        "payments.Bank", verbose_name=_("Bank"), on_delete=models.PROTECT, related_name="agreements"
    )
    account = models.ForeignKey(
        "payments.BankAccount",
        verbose_name=_("Bank account"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agreements",
        help_text=_("Where the bank pays what it owes."),
    )
    terminal_number = models.CharField(
        _("Terminal number"), max_length=32, help_text=_("As the bank writes it on its statements.")
    )

    class Meta:
        verbose_name = _("Acquiring agreement")
        verbose_name_plural = _("Acquiring agreements")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["pos"], name="billing_agreement_pos"),
            models.UniqueConstraint(fields=["bank", "terminal_number"], name="billing_agreement_terminal"),
            models.CheckConstraint(condition=~Q(terminal_number=""), name="billing_agreement_has_terminal"),
        ]

    def __str__(self) -> str:
        return f"{self.pos} · {self.bank}"


@tracked()
class BankDay(Dated):
    """A day on which banks pay, or do not, other than the calendar of public holidays says."""

    day = models.DateField(_("Day"))
    is_working = models.BooleanField(
        _("Banks pay"),
        help_text=_("Half days count as working days unless they are listed here."),
    )
    name = models.CharField(_("Name"), max_length=128)

    class Meta:
        verbose_name = _("Bank day")
        verbose_name_plural = _("Bank days")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["day"], name="billing_bankday_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
