from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.errors import BillClosedError, BillCurrencyError, BillHasPaymentError
from billing.models import Account, Bill, BillStatus, Payment, PaymentBill
from billing.services.numbers import NumberedService
from config.kit.audit.log import record
from config.kit.audit.models import Action
from config.kit.boundary import refuse_card_number_in
from config.kit.lib.errors import InvalidValueError, ReferenceGoneError
from config.kit.lib.money import places_error

_FIXED_BY_PAYMENT = ("amount", "currency", "subscription_id")


class BillService(NumberedService[Bill]):
    model = Bill
    # Not what triggers derive from payments: the object may be stale.
    written_fields = frozenset(
        {
            "number",
            "subscription",
            "amount",
            "currency",
            "issued_on",
            "due_on",
            "description",
            "modified_date",
        }
    )
    in_use_code = "bill_100_3"

    def assign(self, instance: Bill, fields: dict[str, Any]) -> None:
        """The currency of a new bill defaults to its account's."""
        super().assign(instance, fields)
        instance.amount = Decimal(instance.amount) if instance.amount is not None else instance.amount
        if instance.pk is None and "currency" not in fields:
            instance.currency = account_of(instance).currency

    def check_rules(self, instance: Bill, stored: Bill | None) -> None:
        account = account_of(instance)
        if instance.currency != account.currency:
            raise BillCurrencyError(
                f"Currency: {instance.currency} of Bill: {self.wire_name(instance)} is not "
                f"{account.currency} of Account: {account.account_number}."
            )
        if instance.amount <= 0:
            raise InvalidValueError("amount", _("Amount must be greater than zero."))
        if error := places_error(instance.amount, instance.currency):
            raise InvalidValueError("amount", error)
        if stored is not None:
            self.check_fixed_by_payment(instance, stored)

    def check_fixed_by_payment(self, instance: Bill, stored: Bill) -> None:
        changed = [name for name in _FIXED_BY_PAYMENT if getattr(instance, name) != getattr(stored, name)]
        if changed and (stored.payment_bills.exists() or stored.allocations.exists()):
            raise BillHasPaymentError(
                f"Bill: {stored.number} has a payment on it, its {changed[0].removesuffix('_id')} cannot change."
            )

    def close(self, bill: Bill, *, status: BillStatus, reason: str) -> None:
        """Close an open bill manually: settled outside this system, or canceled. Raises BillClosedError.

        The row lock excludes concurrent reservations of the bill.
        """
        refuse_card_number_in("reason", reason)
        with transaction.atomic():
            stored = Bill.objects.select_for_update().get(pk=bill.pk)
            if stored.status != BillStatus.OPEN:
                raise BillClosedError(_("The bill is no longer open."))
            if stored.payment_bills.filter(is_open=True).exists():
                raise BillClosedError(_("A payment of this bill is in progress. Wait for its result."))
            if status == BillStatus.CANCELED and stored.paid_amount > 0:
                raise BillClosedError(
                    _("Payments are allocated to this bill. Refund them or remove the allocations first.")
                )
            self._close(stored, closed_as=status, reason=reason)

    def reopen(self, bill: Bill, *, reason: str) -> None:
        """Raises BillClosedError unless the bill was closed manually."""
        refuse_card_number_in("reason", reason)
        with transaction.atomic():
            stored = Bill.objects.select_for_update().get(pk=bill.pk)
            if stored.closed_as is None:
                raise BillClosedError(_("The bill was not closed manually."))
            self._close(stored, closed_as=None, reason=reason)

    def _close(self, bill: Bill, *, closed_as: BillStatus | None, reason: str) -> None:
        Bill.objects.filter(pk=bill.pk).update(
            closed_as=closed_as, closed_reason=reason, modified_date=timezone.now()
        )
        before, after = {"closed_as": bill.closed_as}, {"closed_as": closed_as}
        record(Action.CHANGED, bill, before=before, after=after, reason=reason)

    def usage(self, instance: Bill) -> dict[str, int]:
        counts = super().usage(instance)
        payments = counts.pop(str(PaymentBill._meta.verbose_name_plural), 0)
        return {str(Payment._meta.verbose_name_plural): payments, **counts} if payments else counts


def account_of(bill: Bill) -> Account:
    """The account as currently stored. Raises ReferenceGoneError if the subscription was deleted meanwhile."""
    account = Account.objects.filter(subscriptions=bill.subscription_id).first()
    if account is None:
        raise ReferenceGoneError
    return account
