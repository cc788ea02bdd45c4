from billing.errors import AccountMismatchError
from billing.models import BillingAddress
from billing.services.numbers import NumberedService


class BillingAddressService(NumberedService[BillingAddress]):
    model = BillingAddress
    label = "BillingAddress"
    id_fields = frozenset({"phone"})
    in_use_code = "billing_address_100_2"

    def check_rules(self, instance: BillingAddress, stored: BillingAddress | None) -> None:
        if stored is not None and stored.account_id != instance.account_id:
            raise AccountMismatchError(
                "billing_address_100_1",
                f"Account: {instance.account.account_number} of BillingAddress: {stored.number} cannot change.",
            )
