"""The services of billing. Every write to its models goes through one of them."""

from billing.services.account import AccountService, SubscriptionService
from billing.services.address import BillingAddressService
from billing.services.agreed import AcquiringAgreementService, BankDayService, CommissionPlanService
from billing.services.bill import BillService
from billing.services.payment_method import PaymentMethodService
from billing.services.statements import JournalAccountService, MatchRuleService, StatementLayoutService
from billing.services.tenant import SourceSystemService, TenantService

accounts = AccountService()
acquiring_agreements = AcquiringAgreementService()
bank_days = BankDayService()
bills = BillService()
billing_addresses = BillingAddressService()
commission_plans = CommissionPlanService()
journal_accounts = JournalAccountService()
match_rules = MatchRuleService()
payment_methods = PaymentMethodService()
source_systems = SourceSystemService()
statement_layouts = StatementLayoutService()
subscriptions = SubscriptionService()
tenants = TenantService()

__all__ = [
    "accounts",
    "acquiring_agreements",
    "bank_days",
    "bills",
    "billing_addresses",
    "commission_plans",
    "journal_accounts",
    "match_rules",
    "payment_methods",
    "source_systems",
    "statement_layouts",
    "subscriptions",
    "tenants",
]
