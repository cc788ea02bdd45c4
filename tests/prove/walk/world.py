"""One walk's world: the bank, our services, and what payers and clerks can do. Rules of the walk call its methods."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import httpx
from django.conf import settings
from django.db.models.functions import Now

from billing.models import Bill, Callback, Payment, ReceivedAs, Refund, RefundKind
from billing.services import reconcile, refund, settle
from billing.services.allocate import allocate
from billing.services.charge import take_payment
from billing.services.interrupted import close_interrupted_callbacks
from billing.services.payment_request import PaymentRequest
from billing.states import ENDED_STATES, OPEN_STATES, SENT_REFUND_STATES, PaymentState, RefundState
from billing.threeds.callback import handle_callback
from config.kit.lib.errors import RuleError
from payments.gateways.types import CardData, Payer, ThreeDForm
from tests.prove.walk.clock import VirtualClock, as_replica
from tests.prove.walk.crash import PowerCut, crash_at_point, crash_at_statement
from tests.prove.walk.shop import BANK_URL, Shop
from tests.prove.walk.wire import Wire
from tests.support.bank.client import Page, find_pans
from tests.support.bank.core import Bank
from tests.support.bank.faults import Fault
from tests.support.bank.server import route
from tests.support.bank.simulator import simulators

PAYER = Payer(ip="192.0.2.10", name="Ayşe", surname="Yılmaz", email="ayse@example.com", phone="+905321234567",
              identity_number="11111111110", address="Bağdat Cad. 1", city="İstanbul", country="Turkey")  # fmt: skip
TABLES = (
    "billing_case", "billing_callback", "billing_allocation",
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


class World:
    def __init__(self, shop: Shop, wire: Wire) -> None:
        empty()
        self.shop = shop
        shop.issue_bills()
        self.clock = VirtualClock(settings.GATEWAY_TIMEOUT_SECONDS, self._book_late)
        self.bank = Bank(clock=self.clock)
        self.bank.base_url = BANK_URL
        self.bank.send = self._receive_copy
        self.wire = wire
        wire.bank = self.bank
        wire.reset()
        self.visits: list[Visit] = []
        self.mails: list[Mail] = []
        self.excused: set[str] = set()
        """Orders of which the bank's books must differ from ours, and a case must say so."""
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
                self.bank.faults.clear()
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
            self.bank.faults.add(Fault(fate.kind, operation=operation, times=1, seconds=fate.seconds))
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
        return {order["order_id"]: order["captured_minor"] for order in self.bank.books.as_json()}

    # --- payers -----------------------------------------------------------------------------------------------

    def pay(
        self,
        route_index: int,
        bills: list[Bill],
        *,
        three_d: bool,
        installments: int,
        extra: Decimal,
        fate: Fate,
    ) -> None:
        way = self.shop.routes[route_index % len(self.shop.routes)]
        card = CardData(number=way.number, expiry_month=12, expiry_year=2040, cvc="000", holder="Ali Veli")
        bills = list(Bill.objects.filter(pk__in=[bill.pk for bill in bills]))
        parts = [(bill, bill.open_amount) for bill in bills if bill.open_amount > 0]
        amount = sum((part for _bill, part in parts), Decimal(0)) + extra
        if amount <= 0:
            return
        subscription = self.shop.subscriptions[bills[0].currency]
        request = PaymentRequest(
            account=subscription.account,
            subscription=subscription,
            amount=amount,
            currency=bills[0].currency,
            instrument=card,
            parts=parts,
            three_d=three_d,
            installments=installments,
            payer=PAYER,
        )
        last = Payment.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        operation = "three_d_init" if three_d else "sale"
        result = self.run(fate, operation, lambda: take_payment(request))
        if fate.kind.startswith("other_"):
            self._excuse_new(last)
        if result is not None and result.form is not None:
            self.visits.append(Visit(result.payment, result.form, way.bank))
        if result is not None and fate.kind in NOT_SENT and (not three_d or way.bank == "iyzico"):
            result.payment.refresh_from_db()
            if result.payment.state != PaymentState.FAILED:
                raise ViolationError(f"{fate}: nothing was sent, but the payment is {result.payment.state}")

    def _excuse_new(self, last: int) -> None:
        known = {order["order_id"]: order for order in self.bank.books.as_json()}
        for payment in Payment.objects.filter(pk__gt=last):
            order = known.get(payment.order_id)
            if order and (order["captured_minor"] != payment.amount * 100 or order["currency"] == "978"):
                self.excused.add(payment.order_id)

    def give_cash(self, bill: Bill, fate: Fate) -> None:
        bill.refresh_from_db()
        if bill.open_amount <= 0:
            return
        subscription = self.shop.subscriptions[bill.currency]
        request = PaymentRequest(
            account=subscription.account,
            subscription=subscription,
            amount=bill.open_amount,
            currency=bill.currency,
            instrument=ReceivedAs.CASH,
            parts=[(bill, bill.open_amount)],
            user_id=self.shop.users[0].pk,
        )
        self.run(fate, "none", lambda: take_payment(request))

    def confirm(self, visit: Visit, *, right: bool, fate: Fate) -> None:
        """The payer answers the challenge; the callback goes into the mail, perhaps tampered with."""
        if fate.kind in ("lost", "race", "double") or fate.kind.startswith("attack:"):
            self.bank.faults.add(Fault(fate.kind, operation="return", times=1))
        if visit.payment.expires_at is not None and not self._unexpired(visit.payment):
            self.may_be_late.add(visit.payment.order_id)
        elif Payment.objects.filter(pk=visit.payment.pk, state=PaymentState.FAILED).exists():
            raise ViolationError(f"{visit.payment.order_id}: given up while its payer may still pay")
        page = self._browse(visit.form.action, visit.form.inputs)
        if page.name == "challenge":
            otp = simulators()[visit.bank].one_time_password if right else "wrong"
            page = self._browse(page.action, {"otp": otp})
        self.bank.faults.clear()
        if page.action:
            self.mails.append(Mail(page.action, page.fields))

    def _unexpired(self, payment: Payment) -> bool:
        return Payment.objects.filter(pk=payment.pk, expires_at__gt=Now()).exists()

    def _browse(self, url: str, fields: dict[str, str]) -> Page:
        path = "/" + url.split("/", 3)[3]
        answer = route(self.bank, "POST", path, urlencode(fields).encode(), {})
        return Page(answer.body.decode("iso-8859-9"))

    def _receive_copy(self, url: str, fields: dict[str, str], method: str = "POST") -> None:
        self.mails.append(Mail(url, fields))

    def deliver(self, mail: Mail, fate: Fate) -> None:
        token = mail.url.split("/pay/3d/", 1)[1].strip("/")
        body = urlencode(mail.fields).encode()
        self.run(
            fate,
            "completion",
            lambda: handle_callback(token=token, body=body, method="POST", remote_address="192.0.2.1"),
        )
        if fate.kind.startswith("other_"):
            self._excuse_new(0)
        stored = Callback.objects.order_by("-pk").first()
        if stored is not None and find_pans(stored.body):
            raise ViolationError("a card number is in the inbox")

    # --- clerks -----------------------------------------------------------------------------------------------

    def refund(
        self, payment: Payment, amount: Decimal | None, kind: RefundKind, user: int, fate: Fate
    ) -> None:
        payment = self._fresh(payment)
        operation = "void" if kind is RefundKind.VOID else "refund"
        self.run(
            fate,
            operation,
            lambda: refund.refund_payment(
                payment, amount=amount, reason="walk", user_id=self.shop.users[user].pk, kind=kind
            ),
        )

    def decide(self, wanted: Refund, yes: bool, user: int, fate: Fate) -> None:
        wanted = Refund.objects.select_related("payment__pos", "payment__channel").get(pk=wanted.pk)
        decide = refund.approve if yes else refund.reject
        self.run(fate, "refund", lambda: decide(wanted, user_id=self.shop.users[user].pk, note="walk"))

    def ask(self, payment: Payment, fate: Fate) -> None:
        self.run(fate, "status", lambda: reconcile.query_status(self._fresh(payment)))

    def settle(self, payment: Payment, fate: Fate) -> None:
        """A person writes down what the bank's people say; they read the books of this moment."""
        user = self.shop.users[0].pk
        order = self._order(payment)
        doubtful = payment.refunds.filter(state__in=SENT_REFUND_STATES).first()
        self.bank.faults.add(Fault("drop_before", operation="status"))
        if payment.state in OPEN_STATES:
            taken = bool(order and order["state"] == "captured")
            if payment.order_id in self.excused or order and order["state"] == "voided":
                return
            self.may_be_late.add(payment.order_id)
            self.run(
                fate, "none",
                lambda: settle.settle_payment(self._fresh(payment), was_taken=taken, reason="walk", user_id=user),
            )  # fmt: skip
        elif doubtful is not None and order and payment.order_id not in self.excused:
            back = order["amount_minor"] if order["state"] == "voided" else order["refunded_minor"]
            made = Decimal(back) / 100 == payment.refunded_amount + doubtful.amount
            self.run(
                fate, "none",
                lambda: settle.settle_refund(doubtful, was_made=made, reason="walk", user_id=user),
            )  # fmt: skip

    def allocate_credit(self, payment: Payment, bill: Bill, fate: Fate) -> None:
        bill.refresh_from_db()
        amount = min(payment.unallocated_amount, bill.open_amount)
        if amount > 0:
            user = self.shop.users[0].pk
            self.run(fate, "none", lambda: allocate(self._fresh(payment), [(bill, amount)], user_id=user))

    def panel(self, payment: Payment, *, minor: int | None) -> None:
        """Somebody at the bank gives money back without us."""
        order = self._order(payment)
        if order is None or order["state"] != "captured":
            return
        left = order["captured_minor"] - order["refunded_minor"]
        if minor is None and order["refunds"] or minor is not None and not 0 < minor <= left:
            return
        self.bank.books.at_the_panel(payment.order_id, minor)
        self.excused.add(payment.order_id)

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
                self.bank.books.settle()
            self.tend()
            if not self._busy():
                return
        for payment in self.payments():
            if payment.order_id in self.excused:
                reconcile.query_status(payment)

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
        return {order["order_id"]: order for order in self.bank.books.as_json()}

    def _order(self, payment: Payment) -> dict[str, Any] | None:
        return self.books().get(payment.order_id)

    def _fresh(self, payment: Payment) -> Payment:
        return Payment.objects.select_related("pos", "channel").get(pk=payment.pk)
