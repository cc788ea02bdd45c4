from django.db.models import Q

from config.kit.services import Service
from payments.errors import BankAccountIncompatibleError
from payments.models import Bank, BankAccount
from payments.models.bank import compact_iban
from payments.services.logo import LogoService


class BankService(LogoService[Bank]):
    model = Bank
    channel_code = "bank_100_2"
    in_use_code = "bank_100_3"


class BankAccountService(Service[BankAccount]):
    model = BankAccount
    channel_code = "bank_account_102"

    def unique_sets(self) -> dict[str, tuple[str, ...]]:
        return {**super().unique_sets(), "payments_bankaccount_iban_channel": ("iban", "channel")}

    def same(self, instance: BankAccount, fields: tuple[str, ...]) -> Q:
        """IBANs are compared by their letters and digits."""
        if "iban" not in fields:
            return super().same(instance, fields)
        return Q(iban__compact=compact_iban(instance.iban), channel=instance.channel)

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
