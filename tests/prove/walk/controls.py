"""Guards that the walk leans on, each switched off by name: then the walk must find the damage."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.db import connection

from billing.attempts import bookings, charge_table
from billing.attempts.evidence import Finding
from billing.attempts.gateway import connect
from billing.models import Bill, BillStatus, Payment
from billing.services import reservation
from billing.services.bill import BillService
from billing.threeds import stored_body
from payments.gateways.garanti import gateway as garanti
from payments.gateways.garanti import signature as garanti_signature
from payments.gateways.iyzico import signature as iyzico_signature
from payments.gateways.nestpay import signature as nestpay_signature
from payments.gateways.types import Reason
from payments.models import POS
from tests.prove.walk import world

Control = AbstractContextManager[Any]


def _table(finding: Finding, **actions: Any) -> Control:
    """The table of evidence with other actions for `finding`: when open, ended or captured."""
    names = ("when_open", "when_ended", "when_captured")
    row = tuple(
        actions.get(name, action)
        for name, action in zip(names, charge_table.CHARGE_TABLE[finding], strict=True)
    )
    return mock.patch.dict(charge_table.CHARGE_TABLE, {finding: row})


@contextmanager
def _all(*controls: Control) -> Iterator[None]:
    with ExitStack() as stack:
        for control in controls:
            stack.enter_context(control)
        yield


@contextmanager
def _sql(off: str, on: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(off)
    try:
        yield
    finally:
        world.empty()
        with connection.cursor() as cursor:
            cursor.execute(on)


def _without_index(name: str) -> Control:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        definition = cursor.fetchone()[0]
    return _sql(f"DROP INDEX {name}", definition)


def _without_triggers(table: str) -> Control:
    return _sql(f"ALTER TABLE {table} DISABLE TRIGGER USER", f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _patched(target: Any, name: str, value: Any) -> Control:
    return mock.patch.object(target, name, value)


def _everywhere(name: str, value: Any) -> Control:
    """In every module of ours that has it. Raises KeyError where it was renamed: a control must not do nothing."""
    modules = [
        module
        for path, module in list(sys.modules.items())
        if path.startswith(("billing.", "payments.", "tests.prove.walk.")) and hasattr(module, name)
    ]
    if not modules:
        raise KeyError(name)
    return _all(*(_patched(module, name, value) for module in modules))


def _false(*arguments: Any, **named: Any) -> bool:
    return False


def _true(*arguments: Any, **named: Any) -> bool:
    return True


def _none(*arguments: Any, **named: Any) -> None:
    return None


def _clear_always(payment: Payment) -> None:
    Payment.objects.filter(pk=payment.pk).update(next_check_at=None)


def _not_settled_is_declined() -> Control:
    """A refund that comes before the bank has closed its day is simply refused."""
    other = SimpleNamespace(**{reason.name: reason for reason in Reason} | {"NOT_SETTLED": "no reason"})
    return _everywhere("Reason", other)


def _asks_the_pos_of_today(payment: Payment) -> Any:
    return connect(POS.objects.get(pk=payment.pos_id))


class _Everything:
    def __contains__(self, name: object) -> bool:
        return True


def _close_without_looking(self: BillService, bill: Bill, *, status: BillStatus, reason: str) -> None:
    Bill.objects.filter(pk=bill.pk).update(closed_as=status, closed_reason=reason)


def _without_constraint(table: str, name: str) -> Control:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        definition = cursor.fetchone()[0]
    return _sql(
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}",
    )


CONTROLS: dict[str, Callable[[], Control]] = {
    # the faults that the review found, put back
    "two-refunds-in-doubt": lambda: _all(
        _without_index("billing_one_refund_at_a_time"), _everywhere("_require_no_sent_refund", _none)
    ),
    "next-query-cleared": lambda: _everywhere("clear_next_query", _clear_always),
    "late-evidence-dropped": lambda: _table(Finding.TAKEN, when_ended=charge_table._nothing),
    "not-found-is-the-end": lambda: _everywhere("recheck_after", _none),
    "garanti-history-ignored": lambda: _patched(
        garanti, "_with_history", lambda result, history, order: result
    ),
    "pending-locks-bills": lambda: _table(Finding.THREE_D_OPEN, when_open=charge_table._nothing),
    "limit-ignored": lambda: _everywhere("is_above_limit", _false),
    "reference-not-kept": lambda: _patched(bookings, "REFUND_REFERENCES", ()),
    "not-sent-is-doubt": lambda: _table(Finding.NOT_SENT, when_open=charge_table._doubt),
    "callback-stays-received": lambda: _everywhere("close_interrupted_callbacks", _none),
    "day-not-closed-is-refused": _not_settled_is_declined,
    "asks-the-pos-of-today": lambda: _everywhere("connect_for", _asks_the_pos_of_today),
    "canceled-bill-keeps-money": lambda: _all(
        _without_constraint("billing_bill", "billing_bill_canceled_holds_no_money"),
        _without_triggers("billing_bill"),
        _patched(BillService, "close", _close_without_looking),
    ),
    "proofs-are-stored": lambda: _patched(stored_body, "_kept_fields", lambda payment: _Everything()),
    # the other guards
    "in-flight-ignored": lambda: _everywhere("may_be_in_flight", _false),
    "refund-in-flight-ignored": lambda: _everywhere("refund_may_be_in_flight", _false),
    "two-payments-of-a-bill": lambda: _all(
        _without_triggers("billing_paymentbill"), _without_index("billing_one_open_payment_per_bill")
    ),
    "late-money-takes-reserved-bills": lambda: _patched(bookings, "_free", lambda bills: bills),
    "mismatch-ignored": lambda: _everywhere("compare", lambda result, order: result),
    "no-cases": lambda: _everywhere("open_case", _none),
    "reconciler-off": lambda: _everywhere("claim_due", lambda limit=20: []),
    "no-first-query": lambda: _patched(reservation, "check_after", _none),
    "ledger-keeps-no-sums": lambda: _without_triggers("billing_ledgerentry"),
    "bills-do-not-follow-state": lambda: _without_triggers("billing_payment"),
    "nestpay-callbacks-unsigned": lambda: _patched(nestpay_signature, "callback_is_authentic", _true),
    "garanti-callbacks-unsigned": lambda: _patched(garanti_signature, "callback_is_authentic", _true),
    "iyzico-answers-unsigned": lambda: _patched(iyzico_signature, "response_is_authentic", _true),
}
