from payments.errors import BankAccountIncompatibleError
from payments.models import Bank, BankAccount
from payments.services.base import Service


class BankService(Service[Bank]):
    model = Bank


class BankAccountService(Service[BankAccount]):
    model = BankAccount

    def wire_name(self, instance: BankAccount) -> str:
        return instance.iban

    def check_rules(self, instance: BankAccount, stored: BankAccount | None) -> None:
        if instance.bank.channel_id != instance.channel_id:
            raise BankAccountIncompatibleError(
                f"Channel: {instance.channel.name} Bank {instance.bank.name} channel incompatible."
            )

    def delete(self, instance: BankAccount) -> None:
        """Switched off and kept: transfers of the past name it."""
        instance.is_active = False
        instance.save(update_fields=["is_active", "modified_date"])
