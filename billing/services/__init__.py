"""The services of billing. Every write to its models goes through one of them."""

from billing.services.account import AccountService, SubscriptionService
from billing.services.address import BillingAddressService
from billing.services.bill import BillService
from billing.services.payment_method import PaymentMethodService
from billing.services.tenant import SourceSystemService, TenantService

accounts = AccountService()
bills = BillService()
billing_addresses = BillingAddressService()
payment_methods = PaymentMethodService()
source_systems = SourceSystemService()
subscriptions = SubscriptionService()
tenants = TenantService()

__all__ = [
    "accounts",
    "bills",
    "billing_addresses",
    "payment_methods",
    "source_systems",
    "subscriptions",
    "tenants",
]
