"""What a new office does first, in this order, until its first payment."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import Operation, Payment, PaymentAttempt
from billing.services.pos_connection import NOTE
from billing.states import REFUNDABLE_STATES
from config.kit.admin.dashboard import Alert
from config.kit.admin.urls import list_url
from payments.gateways.types import OrderState, Outcome
from payments.models import POS, BinNumber, Channel

PERMISSIONS = ("payments.add_channel", "payments.add_pos")


def first_steps(request: HttpRequest) -> list[Alert]:
    """Steps are done where they have rows. Empty for who may not do them."""
    if not request.user.has_perms(PERMISSIONS):
        return []
    return [
        Alert(
            _("Add a channel: the shop or site that takes payments."), Channel.objects.all(), _add(Channel)
        ),
        Alert(_("Add a POS with what its bank sent you."), POS.objects.filter(is_approved=True), _add(POS)),
        Alert(_("Test the connection of the POS. No money moves."), _tests(), list_url(POS)),
        Alert(
            _("Import the BIN list, so that each card finds its bank."),
            BinNumber.objects.all(),
            reverse("payments_admin:upload", args=["bins"]),
        ),
        Alert(
            _("Take the first payment. Which POS? shows how it will be charged."),
            Payment.objects.filter(state__in=REFUNDABLE_STATES),
            reverse("payments_admin:which_pos"),
        ),
    ]


def _add(model: type[Channel] | type[POS]) -> str:
    return reverse(f"admin:payments_{model._meta.model_name}_add")


def _tests() -> QuerySet[PaymentAttempt]:
    """Questions of the button that tests a POS, which its bank understood."""
    asked = PaymentAttempt.objects.filter(payment=None, operation=Operation.STATUS, outcome=Outcome.APPROVED)
    return asked.filter(details__note=NOTE, details__state=OrderState.NOT_FOUND)
