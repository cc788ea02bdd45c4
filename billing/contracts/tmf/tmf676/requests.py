"""Bodies of payments, refunds, allocations and hub registrations."""

from typing import Annotated

import msgspec

from billing.contracts.tmf.bodies import (
    EntityRef,
    LongText,
    Money,
    PartyRef,
    RequiredText,
    ShortId,
    ShortText,
)
from billing.contracts.tmf.references import is_bill


class Method(msgspec.Struct):
    id: ShortId
    type: RequiredText = msgspec.field(name="@type")
    referred_type: ShortText | None = msgspec.field(name="@referredType", default=None)


class ChannelRef(msgspec.Struct):
    id: RequiredText
    href: LongText | None = None
    name: ShortText | None = None
    base_type: ShortText | None = msgspec.field(name="@baseType", default=None)
    schema_location: LongText | None = msgspec.field(name="@schemaLocation", default=None)
    type: ShortText | None = msgspec.field(name="@type", default=None)
    referred_type: ShortText | None = msgspec.field(name="@referredType", default=None)


class ItemRef(msgspec.Struct, kw_only=True):
    """A bill, or an entity of the client's that we keep and echo."""

    id: RequiredText
    href: LongText | None = None
    name: ShortText | None = None
    base_type: ShortText | None = msgspec.field(name="@baseType", default=None)
    schema_location: LongText | None = msgspec.field(name="@schemaLocation", default=None)
    type: ShortText | None = msgspec.field(name="@type", default=None)
    referred_type: ShortText | None = msgspec.field(name="@referredType", default=None)

    @property
    def names_a_bill(self) -> bool:
        return is_bill(self.referred_type)


class Item(msgspec.Struct, rename="camel"):
    """Without an amount the bill's open amount is meant."""

    item: ItemRef
    amount: Money | None = None
    total_amount: Money | None = None
    tax_amount: Money | None = None


class BillToPay(msgspec.Struct, rename="camel"):
    """One of the `bills` of BRM's Payment_CreateOracle."""

    id: RequiredText
    amount: Money | None = None


class CommonFields(msgspec.Struct, rename="camel", kw_only=True):
    """Attributes of both payments and refunds."""

    account: EntityRef
    payment_method: Method
    total_amount: Money
    amount: Money | None = None
    tax_amount: Money | None = None
    authorization_code: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    correlator_id: ShortText | None = None
    name: ShortText | None = None
    description: LongText | None = None
    channel: ChannelRef | None = None


class PaymentCreate(CommonFields, rename="camel", kw_only=True):
    payer: PartyRef | None = None
    payment_item: Annotated[list[Item], msgspec.Meta(max_length=1000)] | None = None
    bills: Annotated[list[BillToPay], msgspec.Meta(max_length=1000)] | None = None


class RefundCreate(CommonFields, rename="camel", kw_only=True):
    payment: EntityRef | None = None
    refund_date: ShortText | None = None
    requestor: PartyRef | None = None


class BillShare(msgspec.Struct, rename="camel"):
    id: RequiredText
    allocated_amount: Money


class AllocationCreate(msgspec.Struct, rename="camel", kw_only=True):
    payment_id: RequiredText
    correlator_id: ShortText | None = None
    bill: Annotated[list[BillShare], msgspec.Meta(min_length=1, max_length=1000)]


class HubCreate(msgspec.Struct):
    callback: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    query: Annotated[str, msgspec.Meta(max_length=2000)] | None = None
