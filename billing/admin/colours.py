"""Badge colours of states."""

from billing.models import BillStatus, DeliveryState, SettlementState, Verdict
from billing.states import EventStatus, PaymentState, RefundState

BILL_COLOURS: dict[str, str] = {
    BillStatus.OPEN: "info",
    BillStatus.PAID: "success",
    BillStatus.SETTLED: "success",
    BillStatus.CANCELED: "warning",
}
STATE_COLOURS: dict[str, str] = {
    PaymentState.CREATED: "info",
    PaymentState.PENDING_3D: "info",
    PaymentState.PROCESSING: "info",
    PaymentState.UNKNOWN: "danger",
    PaymentState.CAPTURED: "success",
    PaymentState.PARTIALLY_REFUNDED: "warning",
    PaymentState.REFUNDED: "warning",
    PaymentState.VOIDED: "warning",
    PaymentState.DECLINED: "danger",
    PaymentState.FAILED: "danger",
}
REFUND_COLOURS: dict[str, str] = {
    RefundState.WAITING: "warning",
    RefundState.SCHEDULED: "info",
    RefundState.PROCESSING: "info",
    RefundState.UNKNOWN: "danger",
    RefundState.DONE: "success",
    RefundState.DECLINED: "danger",
    RefundState.REJECTED: "danger",
}
VERDICT_COLOURS: dict[str, str] = {
    Verdict.RECEIVED: "info",
    Verdict.ACCEPTED: "success",
    Verdict.REFUSED: "warning",
    Verdict.DUPLICATE: "info",
    Verdict.LATE: "warning",
    Verdict.FORGED: "danger",
    Verdict.MISMATCH: "danger",
    Verdict.UNREADABLE: "danger",
    Verdict.STRAY: "danger",
    Verdict.INTERRUPTED: "warning",
}
EVENT_COLOURS: dict[str, str] = {
    EventStatus.CREATED: "info",
    EventStatus.DONE: "success",
    EventStatus.FAILED: "danger",
}
DELIVERY_COLOURS: dict[str, str] = {
    DeliveryState.WAITING: "info",
    DeliveryState.DELIVERED: "success",
    DeliveryState.DEAD: "danger",
    DeliveryState.SKIPPED: "warning",
}
SETTLEMENT_COLOURS: dict[str, str] = {
    SettlementState.WAITING: "warning",
    SettlementState.DONE: "success",
    SettlementState.REJECTED: "danger",
    SettlementState.OBSOLETE: "info",
}
