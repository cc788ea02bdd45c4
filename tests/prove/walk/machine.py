"""The rules: what hypothesis may let happen, in any order."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from billing.attempts.crash_points import POINTS
from billing.models import Payment, Refund, RefundKind, Settlement, SettlementState
from billing.models.bill import CLOSED_MANUALLY
from billing.services.interrupted import close_interrupted_callbacks
from billing.states import REFUNDABLE_STATES, RefundState
from tests.prove.walk.clerks import Clerks
from tests.prove.walk.invariants import check_always, check_at_end
from tests.prove.walk.payers import Payers
from tests.prove.walk.shop import Shop
from tests.prove.walk.wire import Wire
from tests.prove.walk.world import OK, Fate, World
from tests.support.bank.attack import COMMON

_OF_ANSWER = (
    "drop_before",
    "drop_after",
    "http_500",
    "html",
    "truncated",
    "empty",
    "wrong_order",
    "bad_signature",
    "forged",
)
_LATE = (5.0, 60.0, 110.0, 130.0, 700.0, 4000.0, 50_000.0)
ATTACKS = tuple(f"attack:{name}" for name in COMMON)

ok = st.just(OK)
answers = st.sampled_from(_OF_ANSWER).map(Fate)
not_sent = st.sampled_from(("refused", "connect_timeout")).map(Fate)
late = st.sampled_from(_LATE).map(lambda seconds: Fate("book_late", seconds=seconds))
slow = st.builds(Fate, kind=st.sampled_from(("slow", "slow_before")), seconds=st.sampled_from(_LATE[:5]))
too_late = st.just(Fate("delay_after", seconds=1000))
points = st.sampled_from(POINTS).map(lambda point: Fate("crash", point=point))
cuts = st.integers(1, 40).map(lambda number: Fate("power_cut", number=number))
other = st.sampled_from(("other_amount", "other_amount_lost", "other_currency", "other_currency_lost")).map(
    Fate
)

moves_money = st.one_of(ok, ok, ok, answers, answers, late, slow, not_sent, too_late, points, cuts)
of_status = st.one_of(ok, ok, answers, points, cuts)
of_us = st.one_of(ok, cuts)
number = st.integers(0, 9)
person = st.integers(0, 2)
AMOUNTS = (None, Decimal(30), Decimal(20), Decimal("45.50"), Decimal(100))


class Walk(RuleBasedStateMachine):
    shop: Shop
    wire: Wire
    world: World
    payers: Payers
    clerks: Clerks
    steps = 0

    @initialize(
        paid=st.lists(
            st.tuples(number, st.sampled_from((False, False, True)), st.sampled_from((0, 1, 3))),
            min_size=1,
            max_size=3,
        ),
        closed=st.sampled_from((True, True, False)),
    )
    def begin(self, paid, closed) -> None:
        """Most walks start with some payments: `paid` are a way, whether by 3-D, and which bill."""
        self.world = World(self.shop, self.wire)
        self.payers, self.clerks = Payers(self.world), Clerks(self.world)
        for way, three_d, which in paid:
            bill = self.shop.bills[which % len(self.shop.bills)]
            self.payers.pay(way, [bill], three_d=three_d, installments=1, extra=Decimal(0), fate=OK)
            if self.world.visits:
                self.payers.confirm(self.world.visits.pop(), right=True, fate=OK)
                self.payers.deliver(self.world.mails[-1], OK)
        if closed:
            self.world.close_the_day()

    # --- payers -----------------------------------------------------------------------------------------------

    @rule(
        way=number,
        which=st.sampled_from(((0,), (1,), (0, 1), (0, 1, 2), (3,), (3, 4))),
        three_d=st.booleans(),
        installments=st.sampled_from((1, 1, 1, 3)),
        extra=st.sampled_from((Decimal(0), Decimal(0), Decimal(10))),
        fate=st.one_of(moves_money, moves_money, other),
    )
    def pay(self, way, which, three_d, installments, extra, fate) -> None:
        bills = [self.shop.bills[index] for index in which]
        self.payers.pay(way, bills, three_d=three_d, installments=installments, extra=extra, fate=fate)

    @rule(which=st.sampled_from(((0,), (1,), (0, 2), (3,))), fate=st.one_of(moves_money, moves_money, other))
    def pay_with_stored_card(self, which, fate) -> None:
        self.payers.pay_with_stored_card([self.shop.bills[index] for index in which], fate)

    @rule(which=number, fate=of_us)
    def give_cash(self, which, fate) -> None:
        self.payers.give_cash(self.shop.bills[which % len(self.shop.bills)], fate)

    @precondition(lambda self: self.world.visits)
    @rule(
        which=number,
        right=st.sampled_from((True, True, True, False)),
        fate=st.one_of(ok, ok, st.sampled_from(("lost", "double", *ATTACKS)).map(Fate)),
    )
    def confirm(self, which, right, fate) -> None:
        visit = self.world.visits.pop(which % len(self.world.visits))
        self.payers.confirm(visit, right=right, fate=fate)

    @precondition(lambda self: self.world.mails)
    @rule(which=number, fate=st.one_of(moves_money, other))
    def deliver(self, which, fate) -> None:
        """Kept in the mail: it may come again, also much later."""
        self.payers.deliver(self.world.mails[-1 - which % len(self.world.mails)], fate)

    @rule(
        way=number,
        which=number,
        first=moves_money,
        second=moves_money,
        attack=st.sampled_from(("ok",) * 12 + ATTACKS),
    )
    def pay_by_three_d(self, way, which, first, second, attack) -> None:
        """All the way in one step, as most payers do."""
        before = len(self.world.visits)
        bill = self.shop.bills[which % len(self.shop.bills)]
        self.payers.pay(way, [bill], three_d=True, installments=1, extra=Decimal(0), fate=first)
        if len(self.world.visits) > before:
            self.payers.confirm(self.world.visits.pop(), right=True, fate=Fate(attack))
            if self.world.mails:
                self.payers.deliver(self.world.mails[-1], second)

    @rule(way=number, which=number, attack=st.sampled_from(("success", "success", "flip_field", "no_hash")))
    def forge_an_approval(self, way, which, attack) -> None:
        """The payer fails at the bank's page and makes an approval of the refusal."""
        before = len(self.world.visits)
        bill = self.shop.bills[which % len(self.shop.bills)]
        self.payers.pay(way, [bill], three_d=True, installments=1, extra=Decimal(0), fate=OK)
        if len(self.world.visits) > before:
            self.payers.confirm(self.world.visits.pop(), right=False, fate=Fate(f"attack:{attack}"))
            self.payers.deliver(self.world.mails[-1], OK)

    @rule(way=number, other_way=number, which=number)
    def late_money_meets_another_payment(self, way, other_way, which) -> None:
        """The bank books a payment that was given up, while somebody else is paying the same bill."""
        bill = self.shop.bills[which % len(self.shop.bills)]
        late = Fate("book_late", seconds=700.0)
        before = {payment.pk for payment in self.world.payments()}
        self.payers.pay(way, [bill], three_d=False, installments=1, extra=Decimal(0), fate=late)
        self.world.clock.advance(130)
        self.world.reconcile()
        visits = len(self.world.visits)
        self.payers.pay(other_way, [bill], three_d=True, installments=1, extra=Decimal(0), fate=OK)
        self.world.clock.advance(600)
        for payment in self.world.payments():
            if payment.pk not in before:
                self.clerks.ask(payment, OK)
        if len(self.world.visits) > visits:
            self.payers.confirm(self.world.visits.pop(), right=True, fate=OK)
            self.payers.deliver(self.world.mails[-1], OK)

    # --- clerks -----------------------------------------------------------------------------------------------

    def _payment(self, which: int, **wanted: Any) -> Payment | None:
        found = [
            payment for payment in self.world.payments() if not wanted or payment.state in wanted["states"]
        ]
        return found[which % len(found)] if found else None

    @rule(
        which=number,
        amount=st.sampled_from(AMOUNTS),
        kind=st.sampled_from((RefundKind.REFUND, RefundKind.REFUND, RefundKind.VOID)),
        user=person,
        fate=moves_money,
    )
    def refund(self, which, amount, kind, user, fate) -> None:
        payment = self._payment(which, states=REFUNDABLE_STATES)
        if payment is not None:
            self.clerks.refund(payment, None if kind is RefundKind.VOID else amount, kind, user, fate)

    @rule(
        which=number,
        amounts=st.sampled_from(((30, 20), (20, 30), (30, 30), (20, 100))),
        first=moves_money,
        second=moves_money,
    )
    def two_refunds(self, which, amounts, first, second) -> None:
        """One soon after the other, by two clerks."""
        payment = self._payment(which, states=REFUNDABLE_STATES)
        if payment is not None:
            for user, (amount, fate) in enumerate(zip(amounts, (first, second), strict=True)):
                self.clerks.refund(payment, Decimal(amount), RefundKind.REFUND, user, fate)

    @rule(which=number)
    def late_refund_meets_another_one(self, which) -> None:
        """The bank makes a refund that was given up, after another one of the payment was answered."""
        payment = self._payment(which, states=REFUNDABLE_STATES)
        if payment is None:
            return
        late = Fate("book_late", seconds=4000.0)
        self.clerks.refund(payment, Decimal(20), RefundKind.REFUND, 0, late)
        self.world.clock.advance(130)
        self.world.reconcile()
        self.clerks.refund(payment, Decimal(10), RefundKind.REFUND, 1, OK)

    @rule(which=number, yes=st.sampled_from((True, True, False)), user=person, fate=moves_money)
    def decide(self, which, yes, user, fate) -> None:
        waiting = list(Refund.objects.filter(state=RefundState.WAITING).order_by("pk"))
        if waiting:
            self.clerks.decide(waiting[which % len(waiting)], yes, user, fate)

    @rule(which=number, fate=of_status)
    def ask(self, which, fate) -> None:
        payment = self._payment(which)
        if payment is not None:
            self.clerks.ask(payment, fate)

    @rule(which=number, user=person, fate=of_us)
    def settle(self, which, user, fate) -> None:
        payment = self._payment(which)
        if payment is not None:
            self.clerks.settle(payment, user, fate)

    @rule(which=number, user=person, fate=of_us)
    def decide_settlement(self, which, user, fate) -> None:
        waiting = list(Settlement.objects.filter(state=SettlementState.WAITING).order_by("pk"))
        if waiting:
            self.clerks.decide_settlement(waiting[which % len(waiting)], user, fate)

    @rule(which=number, fate=of_us)
    def take_back(self, which, fate) -> None:
        payment = self._payment(which, states=REFUNDABLE_STATES)
        if payment is not None:
            self.clerks.take_back(payment, fate)

    @rule(which=number, status=st.sampled_from(CLOSED_MANUALLY), fate=of_us)
    def close_bill(self, which, status, fate) -> None:
        self.clerks.close_bill(self.shop.bills[which % len(self.shop.bills)], status, fate)

    @rule(which=number, fate=of_us)
    def reopen_bill(self, which, fate) -> None:
        self.clerks.reopen_bill(self.shop.bills[which % len(self.shop.bills)], fate)

    @rule(which=number)
    def move_pos(self, which) -> None:
        self.clerks.move_pos(which)

    @rule(which=number, bill=number, fate=of_us)
    def allocate(self, which, bill, fate) -> None:
        payment = self._payment(which, states=REFUNDABLE_STATES)
        bills = [
            each for each in self.shop.bills if payment is not None and each.currency == payment.currency
        ]
        if payment is not None and bills:
            self.clerks.allocate_credit(payment, bills[bill % len(bills)], fate)

    # --- processes and the bank -------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from((1, 30, 61, 125, 125, 700, 1000, 3700, 50_000)))
    def time_passes(self, seconds) -> None:
        self.world.clock.advance(seconds)

    @rule(fate=of_status, operation=st.sampled_from(("status", "history")))
    def reconcile(self, fate, operation) -> None:
        self.world.reconcile(fate, operation)

    @rule(fate=moves_money)
    def send_scheduled(self, fate) -> None:
        self.world.send_scheduled(fate)

    @rule()
    def close_interrupted_callbacks(self) -> None:
        close_interrupted_callbacks()

    @rule()
    def bank_closes_its_day(self) -> None:
        self.world.close_the_day()

    @rule(which=number, minor=st.sampled_from((None, 1000)))
    def somebody_at_the_banks_panel(self, which, minor) -> None:
        payment = self._payment(which)
        if payment is not None:
            self.clerks.panel(payment, minor=minor)

    # --- what must be true ------------------------------------------------------------------------------------

    @invariant()
    def always(self) -> None:
        type(self).steps += 1
        if hasattr(self, "world"):
            check_always(self.world)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.quiesce()
            check_at_end(self.world)
