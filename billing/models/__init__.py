"""Accounts, bills, payment methods, payments and refunds."""

from billing.models.account import Account, Subscription, SubscriptionStatus
from billing.models.account_file import AccountFile, AccountMovement
from billing.models.address import BillingAddress
from billing.models.agreement import AcquiringAgreement, BankDay
from billing.models.api_client import ApiClient
from billing.models.attempt import Operation, PaymentAttempt
from billing.models.bill import Bill, BillStatus
from billing.models.circuit_breaker import CircuitBreaker
from billing.models.client_references import (
    AllocationClientReferences,
    ClientReferences,
    CorrelatedRequest,
    PaymentClientReferences,
    RefundClientReferences,
)
from billing.models.closed_day import ClosedDay
from billing.models.commission_plan import BorneBy, CommissionPlan, ValueRule
from billing.models.exchange_rate import ExchangeRate
from billing.models.expected_payout import ExpectedPayout
from billing.models.hub import Delivery, DeliveryState, Event, EventSubscription
from billing.models.idempotency import IdempotencyKey
from billing.models.inbox import Callback, Case, CaseComment, Verdict
from billing.models.journal import AccountRole, JournalAccount, JournalEntry, JournalKind, JournalLine
from billing.models.ledger import Allocation, LedgerEntry, LedgerKind
from billing.models.matching import Basis, Difference, DifferenceKind, MatchRule, StatementMatch
from billing.models.method_event import EventStep, EventType, MethodEvent, MethodEventStep
from billing.models.payer_return import PayerReturn
from billing.models.payment import Payment, PaymentBill, ReceivedAs
from billing.models.payment_method import BankAccountType, MethodKind, PaymentMethod
from billing.models.refund import Refund, RefundKind
from billing.models.roll_up import DayOutcomes, HourTakings, RollUp
from billing.models.saved_view import SavedView
from billing.models.settlement import Settlement, SettlementState
from billing.models.statement import LineKind, Statement, StatementLayout, StatementLine, StatementPart
from billing.models.tenant import SourceSystem, Tenant
from billing.models.velocity_counter import VelocityCounter

__all__ = [
    "Account",
    "AccountFile",
    "AccountMovement",
    "AccountRole",
    "AcquiringAgreement",
    "Allocation",
    "AllocationClientReferences",
    "ApiClient",
    "BankAccountType",
    "BankDay",
    "Basis",
    "Bill",
    "BillStatus",
    "BillingAddress",
    "BorneBy",
    "Callback",
    "Case",
    "CaseComment",
    "CircuitBreaker",
    "DayOutcomes",
    "ClosedDay",
    "CommissionPlan",
    "Delivery",
    "DeliveryState",
    "ClientReferences",
    "CorrelatedRequest",
    "Difference",
    "DifferenceKind",
    "Event",
    "EventStep",
    "EventSubscription",
    "EventType",
    "ExchangeRate",
    "HourTakings",
    "ExpectedPayout",
    "IdempotencyKey",
    "JournalAccount",
    "JournalEntry",
    "JournalKind",
    "JournalLine",
    "LedgerEntry",
    "LedgerKind",
    "LineKind",
    "MatchRule",
    "MethodEvent",
    "MethodEventStep",
    "MethodKind",
    "Operation",
    "PayerReturn",
    "Payment",
    "PaymentAttempt",
    "PaymentBill",
    "PaymentClientReferences",
    "PaymentMethod",
    "ReceivedAs",
    "Refund",
    "RefundClientReferences",
    "RefundKind",
    "RollUp",
    "SavedView",
    "Settlement",
    "SettlementState",
    "SourceSystem",
    "Statement",
    "StatementLayout",
    "StatementLine",
    "StatementMatch",
    "StatementPart",
    "Subscription",
    "SubscriptionStatus",
    "Tenant",
    "ValueRule",
    "VelocityCounter",
    "Verdict",
]
