"""One walk's world: the banks, virtual time, our processes, and what befalls an operation."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from typing import Any

import httpx
from django.conf import settings

from billing.models import Callback, Payment, Refund
from billing.services import reconcile, refund
from billing.services.interrupted import close_interrupted_callbacks
from billing.states import ENDED_STATES, OPEN_STATES, RefundState
from config.kit.lib.errors import RuleError
from payments.gateways.types import ThreeDForm
from tests.prove.walk.clock import VirtualClock, as_replica
from tests.prove.walk.crash import PowerCut, crash_at_point, crash_at_statement
from tests.prove.walk.shop import BANK_URL, OTHER_BANK_URL, Shop
from tests.prove.walk.wire import Wire
from tests.support.bank.core import Bank
from tests.support.bank.faults import Fault, Faults

TABLES = (
    "billing_settlement", "billing_case", "billing_callback", "billing_allocation",
    "billing_ledgerentry", "billing_paymentattempt", "billing_refund", "billing_paymentbill", "billing_payment",
    "billing_bill",
)  # fmt: skip


class ViolationError(AssertionError):
    """An invariant is broken, in the middle of a walk or at its end."""


def empty() -> None:
    """No payments and no bills: the shop stays."""
    as_replica("; ".join(f"DELETE FROM {table}" for table in TABLES))  # noqa: S608 constants


@dataclass(frozen=True)
class Fate:
    """What befalls one operation: a fault of the bank, a power cut of ours, or something that happens meanwhile."""

    kind: str = "ok"
    seconds: float = 0
    number: int = 0
    point: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.point or self.seconds or self.number or ''}".strip()


OK = Fate()
NOT_SENT = {"refused": httpx.ConnectError, "connect_timeout": httpx.ConnectTimeout}


@dataclass
class Visit:
    """A payer at the bank's 3-D page."""

    payment: Payment
    form: ThreeDForm
    bank: str


@dataclass
class Mail:
    """A callback that a browser or the bank's server may bring, at any time and as often as it likes."""

    url: str
    fields: dict[str, str]
    genuine: bool = True


class World:
    """Two banks at two addresses, because a POS may move from one to the other while its payments are open."""

    def __init__(self, shop: Shop, wire: Wire) -> None:
        empty()
        self.shop = shop
        shop.open_for_a_walk()
        self.clock = VirtualClock(settings.GATEWAY_TIMEOUT_SECONDS, self._book_late)
        self.faults = Faults()
        self.banks = {url: self._open_bank(url) for url in (BANK_URL, OTHER_BANK_URL)}
        self.wire = wire
        wire.banks = self.banks
        wire.reset()
        self.visits: list[Visit] = []
        self.mails: list[Mail] = []
        self.excused: set[str] = set()
        """Orders of which the bank's books must differ from ours, and a case must say so."""
        self.taken_back: set[str] = set()
        """Orders of which a clerk took an allocation back."""
        self.may_be_late: set[str] = set()
        """Orders that the bank may book after we had every right to end the payment."""

    # --- fates ------------------------------------------------------------------------------------------------

    def run(self, fate: Fate, operation: str, work: Callable[[], Any]) -> Any:
        """`work` under its fate; None where our rules refused it or the power was cut."""
        with ExitStack() as stack:
            stack.enter_context(self._befall(fate, operation))
            try:
                return work()
            except (RuleError, PowerCut):
                return None
            finally:
                self.faults.clear()
                self.wire.reset()

    def _befall(self, fate: Fate, operation: str) -> AbstractContextManager[None]:
        if fate.kind == "crash":
            return crash_at_point(fate.point)
        if fate.kind == "power_cut":
            return crash_at_statement(fate.number)
        if fate.kind in NOT_SENT:
            self.wire.refuse = NOT_SENT[fate.kind]
        elif fate.kind == "slow":  # the answer comes long after the booking
            self.wire.meanwhile = lambda: self._meanwhile(fate.seconds)
        elif fate.kind == "slow_before":  # the request arrives late: the bank says "not found" until then
            self.wire.before = lambda: self._meanwhile(fate.seconds, may_end=True)
        elif fate.kind != "ok":
            self.faults.add(Fault(fate.kind, operation=operation, times=1, seconds=fate.seconds))
        return nullcontext()

    def _meanwhile(self, seconds: float, *, may_end: bool = False) -> None:
        """Time passes, and another process reconciles."""
        if may_end and seconds >= settings.IN_FLIGHT_SECONDS:
            waiting = Payment.objects.filter(state__in=OPEN_STATES).values_list("order_id", flat=True)
            self.may_be_late.update(waiting)
        self.clock.advance(seconds)
        self.reconcile()

    def _book_late(self, seconds: float, work: Callable[[], object]) -> None:
        """What the bank does later. Within the window nothing may have been given up meanwhile."""
        before = self._kept()
        work()
        for order_id, kept in self._kept().items():
            if before.get(order_id) == kept:
                continue
            if seconds >= settings.IN_FLIGHT_SECONDS:
                self.may_be_late.add(order_id)
            elif Payment.objects.filter(order_id=order_id, state__in=ENDED_STATES).exists():
                raise ViolationError(f"{order_id}: given up while its request was in flight")

    def _kept(self) -> dict[str, int]:
        return {order_id: order["captured_minor"] for order_id, order in self.books().items()}

    def _open_bank(self, url: str) -> Bank:
        bank = Bank(clock=self.clock)
        bank.base_url, bank.faults, bank.send = url, self.faults, self._receive_copy
        return bank

    def _receive_copy(self, url: str, fields: dict[str, str], method: str = "POST") -> None:
        self.mails.append(Mail(url, fields))

    # --- processes --------------------------------------------------------------------------------------------

    def reconcile(self, fate: Fate = OK, operation: str = "status") -> None:
        for key in reconcile.claim_due():
            payment = Payment.objects.select_related("pos", "channel").get(pk=key)
            self.run(fate, operation, lambda payment=payment: reconcile.query_status(payment))

    def send_scheduled(self, fate: Fate) -> None:
        for key in refund.due_refunds():
            self.run(fate, "refund", lambda key=key: refund.send_scheduled(key))

    def tend(self) -> None:
        self.reconcile()
        self.send_scheduled(OK)
        close_interrupted_callbacks()

    def quiesce(self) -> None:
        """The bank is well, and days go by. Afterwards everything must be known."""
        for seconds in (31, 100, 100, 400, 3700, 3700, 40_000, *[90_000] * 7):
            self.clock.advance(seconds)
            if seconds >= 3700:
                self.close_the_day()
            self.tend()
            if not self._busy():
                return
        for payment in self.payments():
            if payment.order_id in self.excused:
                reconcile.query_status(payment)

    def close_the_day(self) -> None:
        for bank in self.banks.values():
            bank.books.settle()

    def _busy(self) -> bool:
        return (
            self.clock.waiting
            or bool(self.excused)
            or Payment.objects.filter(next_check_at__isnull=False).exists()
            or Refund.objects.filter(state=RefundState.SCHEDULED).exists()
            or Callback.objects.filter(verdict="received").exists()
        )

    # --- reading ----------------------------------------------------------------------------------------------

    def payments(self) -> list[Payment]:
        return list(Payment.objects.select_related("pos", "channel").order_by("pk"))

    def books(self) -> dict[str, dict[str, Any]]:
        """The orders of both banks, by order id."""
        return {order["order_id"]: order for bank in self.banks.values() for order in bank.books.as_json()}

    def order_of(self, payment: Payment) -> dict[str, Any] | None:
        return self.books().get(payment.order_id)

    def fresh(self, payment: Payment) -> Payment:
        return Payment.objects.select_related("pos", "channel").get(pk=payment.pk)
