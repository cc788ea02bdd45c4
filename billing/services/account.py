from typing import Any

from billing.errors import AccountCurrencyChangedError, SubscriptionAccountChangedError
from billing.models import Account, Bill, Payment, Subscription
from billing.services.numbers import NumberedService
from config.kit.services import Service


class AccountService(Service[Account]):
    model = Account
    id_fields = frozenset({"account_number", "phone"})
    channel_code = "account_100_1"
    in_use_code = "account_100_2"

    def wire_name(self, instance: Account) -> str:
        return instance.account_number

    def assign(self, instance: Account, fields: dict[str, Any]) -> None:
        """The currency of a new account defaults to its channel's."""
        super().assign(instance, fields)
        if instance.pk is None and "currency" not in fields:
            instance.currency = instance.channel.default_currency

    def check_rules(self, instance: Account, stored: Account | None) -> None:
        if stored is None or stored.currency == instance.currency:
            return
        bills, payments = Bill.objects.filter(subscription__account=stored), Payment.objects
        if bills.exists() or payments.filter(account=stored).exists():
            raise AccountCurrencyChangedError(
                f"Currency: {instance.currency} of Account: {self.wire_name(stored)} cannot change, "
                "it has bills or payments."
            )


class SubscriptionService(NumberedService[Subscription]):
    model = Subscription
    in_use_code = "subscription_100_2"

    def check_rules(self, instance: Subscription, stored: Subscription | None) -> None:
        if stored is None or stored.account_id == instance.account_id:
            return
        if stored.bills.exists() or stored.payments.exists():
            raise _account_changed(instance, stored, "bills or payments")
        if stored.payment_methods.exists():
            raise _account_changed(instance, stored, "payment methods")


def _account_changed(
    instance: Subscription, stored: Subscription, because: str
) -> SubscriptionAccountChangedError:
    return SubscriptionAccountChangedError(
        f"Account: {instance.account.account_number} of Subscription: {stored.number} cannot change, it has {because}."
    )
