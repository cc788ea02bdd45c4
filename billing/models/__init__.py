"""What is owed, and the money that moves."""

from billing.models.account import Account, Subscription, SubscriptionStatus
from billing.models.bill import Bill, BillStatus
from billing.models.idempotency import IdempotencyKey
from billing.models.inbox import Callback, Case, Verdict
from billing.models.ledger import Allocation, LedgerEntry, LedgerKind
from billing.models.payment import Operation, Payment, PaymentAttempt, PaymentBill
from billing.models.refund import Refund, RefundKind

__all__ = [
    "Account",
    "Allocation",
    "Bill",
    "BillStatus",
    "Callback",
    "Case",
    "IdempotencyKey",
    "LedgerEntry",
    "LedgerKind",
    "Operation",
    "Payment",
    "PaymentAttempt",
    "PaymentBill",
    "Refund",
    "RefundKind",
    "Subscription",
    "SubscriptionStatus",
    "Verdict",
]
