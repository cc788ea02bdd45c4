import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.models.payment import Payment


class PayerReturn(models.Model):
    """Where the portal wants its payer back after 3-D Secure. Its origin was one of the channel's at that time."""

    payment = models.OneToOneField(
        Payment, primary_key=True, on_delete=models.PROTECT, related_name="payer_return"
    )
    url = models.URLField(_("Return address"), max_length=500)

    class Meta:
        verbose_name = _("Return address of a payer")
        verbose_name_plural = _("Return addresses of payers")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.url
