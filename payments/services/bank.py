from config.kit.services import Service
from payments.errors import BankAccountIncompatibleError
from payments.models import Bank, BankAccount
from payments.services.logo import check_logo


class BankService(Service[Bank]):
    model = Bank
    channel_code = "bank_100_2"
    in_use_code = "bank_100_3"

    def check_rules(self, instance: Bank, stored: Bank | None) -> None:
        check_logo(instance.logo)


class BankAccountService(Service[BankAccount]):
    model = BankAccount
    channel_code = "bank_account_102"

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
