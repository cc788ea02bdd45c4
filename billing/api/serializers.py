"""Serializers of accounts, subscriptions and bills. The services check the rules."""

from typing import Any

from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from billing import services
from billing.api.fields import AmountField
from billing.models import Account, Bill, BillStatus, Subscription
from billing.models.bill import MAX_NUMBER
from billing.models.fields import AmountField as AmountModelField
from config.kit.api.resources import DATE_FIELDS, ResourceSerializer

# An input for the id in the browsable API's form, because a drop-down would load the whole table.
BY_ID: dict[str, Any] = {"style": {"base_template": "input.html"}}


class BillingSerializer(ResourceSerializer):
    serializer_field_mapping = {**ResourceSerializer.serializer_field_mapping, AmountModelField: AmountField}

    def build_standard_field(
        self, field_name: str, model_field: Any
    ) -> tuple[type[serializers.Field], dict[str, Any]]:
        """Without DRF's unique validator, whose text differs from the service's."""
        field_class, arguments = super().build_standard_field(field_name, model_field)
        checks = [
            check for check in arguments.pop("validators", []) if not isinstance(check, UniqueValidator)
        ]
        return field_class, arguments | ({"validators": checks} if checks else {})


class AccountSerializer(BillingSerializer):
    service = services.accounts

    class Meta(BillingSerializer.Meta):
        model = Account
        fields = ("pk", "channel", "account_number", "name", "email", "phone", "currency", *DATE_FIELDS)


class SubscriptionSerializer(BillingSerializer):
    """`number` is assigned if it is missing or null."""

    service = services.subscriptions
    number = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**63 - 1, help_text="Assigned if not given."
    )

    class Meta(BillingSerializer.Meta):
        model = Subscription
        fields = ("pk", "account", "number", "tenant", "name", "status", *DATE_FIELDS)
        extra_kwargs = {"account": BY_ID, "tenant": BY_ID}


class BillSerializer(BillingSerializer):
    """`number` is assigned if it is missing or null; `currency` defaults to the account's."""

    service = services.bills
    number = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=MAX_NUMBER, help_text="Assigned if not given."
    )
    status = serializers.ChoiceField(choices=BillStatus.choices, read_only=True)
    open_amount = AmountField(read_only=True)

    class Meta(BillingSerializer.Meta):
        model = Bill
        fields = (
            "pk",
            "number",
            "subscription",
            "amount",
            "currency",
            "issued_on",
            "due_on",
            "description",
            "status",
            "paid_amount",
            "open_amount",
            *DATE_FIELDS,
        )
        extra_kwargs = {"subscription": BY_ID}
