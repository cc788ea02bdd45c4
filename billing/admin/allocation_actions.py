"""Actions on a payment's allocations: allocate its unallocated amount to a bill, and take an allocation back."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.admin.forms import BillAmountForm
from billing.admin.payment_actions import PaymentAction
from billing.models import Bill, Payment
from billing.services.allocate import allocate, deallocate, find_paid_bills, find_payable_bills
from config.kit.lib.money import format_money, round_to_minor

MOST_BILLS = 200
"""Of the drop-down: the oldest."""


class AllocatePayment(PaymentAction):
    name = "allocate"
    label = gettext_lazy("Allocate to a bill")
    icon = "receipt_long"
    permission = "billing.allocate_payment"
    form_class = BillAmountForm

    @classmethod
    def is_possible(cls, instance: Payment, request: HttpRequest) -> bool:
        return instance.unallocated_amount > 0 and find_payable_bills(instance).exists()

    def title(self) -> str:
        return _("Allocate payment %(payment)s to a bill") % {"payment": self.instance}

    def explanation(self) -> str:
        free = format_money(self.instance.unallocated_amount, self.instance.currency)
        return _("%(amount)s of this payment is not allocated to a bill yet.") % {"amount": free}

    def form_arguments(self) -> dict[str, Any]:
        free = self.instance.unallocated_amount
        bills = find_payable_bills(self.instance).order_by("issued_on", "pk")[:MOST_BILLS]
        first = bills[0].open_amount if bills else Decimal(0)
        return {
            "payment": self.instance,
            "up_to": free,
            "bills": find_payable_bills(self.instance).filter(pk__in=[bill.pk for bill in bills]),
            "describe": self._describe,
            "initial": {"amount": round_to_minor(min(free, first), self.instance.currency)},
        }

    def perform(self, data: dict[str, Any]) -> str:
        parts = [(data["bill"], data["amount"])]
        allocate(self.instance, parts, user_id=self.request.user.pk, reason=data["reason"])
        return _("The amount was allocated to bill %(bill)s.") % {"bill": data["bill"].number}

    @staticmethod
    def _describe(bill: Bill) -> str:
        open_amount = format_money(bill.open_amount, bill.currency)
        return _("%(bill)s of %(date)s: %(amount)s open") % {
            "bill": bill.number,
            "date": bill.issued_on,
            "amount": open_amount,
        }


class DeallocatePayment(PaymentAction):
    name = "deallocate"
    label = gettext_lazy("Remove an allocation")
    icon = "remove_circle"
    permission = "billing.allocate_payment"
    form_class = BillAmountForm

    @classmethod
    def is_possible(cls, instance: Payment, request: HttpRequest) -> bool:
        return instance.allocated_amount > 0

    def title(self) -> str:
        return _("Remove an allocation of payment %(payment)s") % {"payment": self.instance}

    def explanation(self) -> str:
        return _(
            "The bill is owed again by this amount, and the amount becomes unallocated. No money is refunded."
        )

    def form_arguments(self) -> dict[str, Any]:
        bills = find_paid_bills(self.instance)
        first: Any = bills.order_by("pk").first()  # with `held`
        held = first.held if first is not None else Decimal(0)
        return {
            "payment": self.instance,
            "up_to": self.instance.allocated_amount,
            "bills": bills,
            "describe": self._describe,
            "initial": {"bill": first, "amount": round_to_minor(held, self.instance.currency)},
        }

    def perform(self, data: dict[str, Any]) -> str:
        deallocate(
            self.instance, data["bill"], data["amount"], user_id=self.request.user.pk, reason=data["reason"]
        )
        return _("The amount was removed from bill %(bill)s.") % {"bill": data["bill"].number}

    def _describe(self, bill: Any) -> str:
        return _("%(bill)s: %(amount)s allocated") % {
            "bill": bill.number,
            "amount": format_money(bill.held, bill.currency),
        }
