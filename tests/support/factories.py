"""Objects for tests, made through the same services as everybody's."""

from datetime import date
from decimal import Decimal
from typing import Any

import factory
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from billing import services as billing_services
from billing.models import Account, Bill, BillingAddress, PaymentMethod, SourceSystem, Subscription, Tenant
from config.kit.services import Service
from payments import services
from payments.models import (
    POS,
    Bank,
    BankAccount,
    BinNumber,
    Card,
    CardType,
    Channel,
    Installment,
    MultiCurrencyCard,
    PaymentOption,
)

DUMMYPAY = "omnicore.libs.payment_gateways.dummypay.DummyPayGateway"
NESTPAY = "omnicore.libs.payment_gateways.nestpay.NestPayGateway"
GPAY = "omnicore.libs.payment_gateways.gpay.GPayGateway"


class ServiceFactory(factory.Factory):
    """Creates through `service`, so that a test's object obeys the product's rules."""

    class Meta:
        abstract = True

    service: Service[Any]

    @classmethod
    def _create(cls, model_class: type, *args: Any, **fields: Any) -> Any:
        return cls.service.create(**fields)


class ChannelFactory(ServiceFactory):
    service = services.channels

    class Meta:
        model = Channel

    name = factory.Sequence(lambda n: f"Shop {n}")
    slug = factory.Sequence(lambda n: f"shop-{n}")


class PosFactory(ServiceFactory):
    service = services.pos

    class Meta:
        model = POS

    channel = factory.SubFactory(ChannelFactory)
    name = factory.Sequence(lambda n: f"POS {n}")
    slug = factory.Sequence(lambda n: f"pos-{n}")
    gateway = DUMMYPAY
    config = factory.Dict({})
    resource_url = "https://dummypay.net/"


class BankFactory(ServiceFactory):
    service = services.banks

    class Meta:
        model = Bank

    channel = factory.SubFactory(ChannelFactory)
    name = factory.Sequence(lambda n: f"Bank {n}")
    slug = factory.Sequence(lambda n: f"bank-{n}")


class CardTypeFactory(ServiceFactory):
    service = services.card_types

    class Meta:
        model = CardType

    channel = factory.SubFactory(ChannelFactory)
    name = factory.Sequence(lambda n: f"Type {n}")
    slug = factory.Sequence(lambda n: f"type-{n}")


class CardFactory(ServiceFactory):
    service = services.cards

    class Meta:
        model = Card

    channel = factory.SubFactory(ChannelFactory)
    name = factory.Sequence(lambda n: f"Card {n}")
    slug = factory.Sequence(lambda n: f"card-{n}")
    bank = factory.SubFactory(BankFactory, channel=factory.SelfAttribute("..channel"))
    card_type = factory.SubFactory(CardTypeFactory, channel=factory.SelfAttribute("..channel"))
    card_payment_type = "credit"
    cash_payment = factory.SubFactory(PosFactory, channel=factory.SelfAttribute("..channel"))
    installment_payment = factory.SelfAttribute("cash_payment")
    three_d_payment = factory.SelfAttribute("cash_payment")


class MultiCurrencyCardFactory(ServiceFactory):
    service = services.multi_currency_cards

    class Meta:
        model = MultiCurrencyCard

    card = factory.SubFactory(CardFactory)
    currency = "USD"
    cash_payment = factory.SubFactory(PosFactory, channel=factory.SelfAttribute("..card.channel"))
    installment_payment = factory.SelfAttribute("cash_payment")
    three_d_payment = factory.SelfAttribute("cash_payment")


class BinNumberFactory(ServiceFactory):
    service = services.bin_numbers

    class Meta:
        model = BinNumber

    card = factory.SubFactory(CardFactory)
    channel = factory.SelfAttribute("card.channel")
    bin_number = factory.Sequence(lambda n: f"{400000 + n}")


class InstallmentFactory(ServiceFactory):
    service = services.installments

    class Meta:
        model = Installment

    card = factory.SubFactory(CardFactory)
    installment_count = factory.Sequence(lambda n: n % 900 + 1)
    label = factory.LazyAttribute(lambda part: f"{part.installment_count} installments")
    interest_rate = "0"


class BankAccountFactory(ServiceFactory):
    service = services.bank_accounts

    class Meta:
        model = BankAccount

    bank = factory.SubFactory(BankFactory)
    channel = factory.SelfAttribute("bank.channel")
    slug = factory.Sequence(lambda n: f"account-{n}")
    holder_name = "Company Name"
    iban = factory.Sequence(lambda n: f"TR{n:024d}")


class PaymentOptionFactory(ServiceFactory):
    service = services.payment_options

    class Meta:
        model = PaymentOption

    channel = factory.SubFactory(ChannelFactory)
    name = factory.Sequence(lambda n: f"Option {n}")
    slug = factory.Sequence(lambda n: f"option-{n}")
    payment_type = "credit_card"


class AccountFactory(ServiceFactory):
    service = billing_services.accounts

    class Meta:
        model = Account

    channel = factory.SubFactory(ChannelFactory)
    account_number = factory.Sequence(lambda n: f"customer-{n}")
    name = factory.Sequence(lambda n: f"Customer {n}")


class SubscriptionFactory(ServiceFactory):
    service = billing_services.subscriptions

    class Meta:
        model = Subscription

    account = factory.SubFactory(AccountFactory)
    name = "Home internet"


class BillFactory(ServiceFactory):
    service = billing_services.bills

    class Meta:
        model = Bill

    subscription = factory.SubFactory(SubscriptionFactory)
    amount = Decimal("125.50")
    issued_on = date(2026, 1, 1)
    due_on = date(2026, 1, 31)


class TenantFactory(ServiceFactory):
    service = billing_services.tenants

    class Meta:
        model = Tenant

    media_group_code = "NAVIGA"
    client_code = "DEMO"
    paper_code = factory.Sequence(lambda n: f"PAPER{n}")
    name = factory.Sequence(lambda n: f"Paper {n}")
    configuration = factory.Dict({"payment_gateway": "dummypay"})


class SourceSystemFactory(ServiceFactory):
    service = billing_services.source_systems

    class Meta:
        model = SourceSystem

    code = factory.Sequence(lambda n: f"SITE{n}")
    name = factory.Sequence(lambda n: f"Site {n}")


class BillingAddressFactory(ServiceFactory):
    service = billing_services.billing_addresses

    class Meta:
        model = BillingAddress

    account = factory.SubFactory(AccountFactory)
    street = "344 Clinton Street"
    city = "Metropolis"


class PaymentMethodFactory(ServiceFactory):
    """A card that dummypay keeps."""

    service = billing_services.payment_methods

    class Meta:
        model = PaymentMethod

    account = factory.SubFactory(AccountFactory)
    kind = 1
    holder_name = "Mary Irwin"
    masked_card = "411111******1111"
    brand = "visa"
    expiry_month = 12
    expiry_year = 2040
    gateway = "dummypay"
    gateway_token = factory.Sequence(lambda n: f"token-{n:06d}")


class UserFactory(factory.django.DjangoModelFactory):
    """A person of the back office: `UserFactory(role="Operator")` joins the group that the migration made."""

    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person-{n}")
    password = factory.django.Password("correct horse battery")
    is_staff = True

    @factory.post_generation
    def role(self, create: bool, extracted: str | None, **_: Any) -> None:
        if extracted:
            self.groups.add(Group.objects.get(name=extracted))
