"""Actions on a bill: close it manually, reopen it."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import services
from billing.admin.base import BillingAction
from billing.admin.forms import CloseBillForm
from billing.models import Bill, BillStatus
from config.kit.admin.confirm import ReasonForm
from config.kit.lib.money import format_money


class CloseBill(BillingAction[Bill]):
    name = "close"
    label = gettext_lazy("Close manually")
    submit_text = gettext_lazy("Close bill")
    icon = "block"
    permission = "billing.change_bill"
    form_class = CloseBillForm

    @classmethod
    def is_possible(cls, instance: Bill, request: HttpRequest) -> bool:
        return instance.status == BillStatus.OPEN

    def title(self) -> str:
        return _("Close bill %(bill)s manually") % {"bill": self.instance}

    def explanation(self) -> str:
        text = _("The open amount of %(amount)s is no longer due. Payments already made stay on the bill.")
        return text % {"amount": format_money(self.instance.open_amount, self.instance.currency)}

    def perform(self, data: dict[str, Any]) -> str:
        services.bills.close(self.instance, status=BillStatus(data["closed_as"]), reason=data["reason"])
        return _("The bill was closed.")


class ReopenBill(BillingAction[Bill]):
    name = "reopen"
    label = gettext_lazy("Reopen")
    submit_text = gettext_lazy("Reopen bill")
    icon = "undo"
    permission = "billing.change_bill"
    form_class = ReasonForm

    @classmethod
    def is_possible(cls, instance: Bill, request: HttpRequest) -> bool:
        return bool(instance.closed_as)

    def title(self) -> str:
        return _("Reopen bill %(bill)s") % {"bill": self.instance}

    def explanation(self) -> str:
        return _("The bill can be paid again.")

    def perform(self, data: dict[str, Any]) -> str:
        services.bills.reopen(self.instance, reason=data["reason"])
        return _("The bill was reopened.")
