"""What is owed, and the money that moves."""

from billing.models.account import Account, Subscription, SubscriptionStatus
from billing.models.address import BillingAddress
from billing.models.bill import Bill, BillStatus
from billing.models.brands import CardBrand
from billing.models.idempotency import IdempotencyKey
from billing.models.inbox import Callback, Case, Verdict
from billing.models.ledger import Allocation, LedgerEntry, LedgerKind
from billing.models.method_event import EventStep, EventType, MethodEvent, MethodEventStep
from billing.models.payment import Operation, Payment, PaymentAttempt, PaymentBill
from billing.models.payment_method import BankAccountType, MethodKind, PaymentMethod
from billing.models.refund import Refund, RefundKind
from billing.models.tenant import SourceSystem, Tenant

__all__ = [
    "Account",
    "Allocation",
    "BankAccountType",
    "Bill",
    "BillStatus",
    "BillingAddress",
    "Callback",
    "CardBrand",
    "Case",
    "EventStep",
    "EventType",
    "IdempotencyKey",
    "LedgerEntry",
    "LedgerKind",
    "MethodEvent",
    "MethodEventStep",
    "MethodKind",
    "Operation",
    "Payment",
    "PaymentAttempt",
    "PaymentBill",
    "PaymentMethod",
    "Refund",
    "RefundKind",
    "SourceSystem",
    "Subscription",
    "SubscriptionStatus",
    "Tenant",
    "Verdict",
]
