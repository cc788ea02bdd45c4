from billing.card_numbers import refuse_card_number
from billing.errors import AccountMismatchError
from billing.models import BillingAddress
from billing.services.numbers import NumberedService


class BillingAddressService(NumberedService[BillingAddress]):
    model = BillingAddress
    label = "BillingAddress"
    in_use_code = "billing_address_100_2"

    def check_rules(self, instance: BillingAddress, stored: BillingAddress | None) -> None:
        refuse_card_number(
            instance, "number", "street", "city", "province", "postal_code", "country", "phone"
        )
        if stored is not None and stored.account_id != instance.account_id:
            raise AccountMismatchError(
                "billing_address_100_1",
                f"Account: {instance.account.account_number} of BillingAddress: {stored.number} cannot change.",
            )
