"""Clerks: refunds, approvals, settlements by hand, bills, and people at the bank who act without us."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from billing.models import Bill, BillStatus, Payment, Refund, RefundKind, Settlement
from billing.services import bills, reconcile, refund, settle
from billing.services.allocate import allocate, deallocate, find_paid_bills
from billing.states import OPEN_STATES, SENT_REFUND_STATES
from payments.models import POS
from tests.prove.walk.shop import BANK_URL, OTHER_BANK_URL
from tests.prove.walk.world import Fate, World
from tests.support.bank.core import Bank
from tests.support.bank.faults import Fault


class Clerks:
    def __init__(self, world: World) -> None:
        self.world = world

    def refund(
        self, payment: Payment, amount: Decimal | None, kind: RefundKind, user: int, fate: Fate
    ) -> None:
        payment = self.world.fresh(payment)
        operation = "void" if kind is RefundKind.VOID else "refund"
        self.world.run(
            fate,
            operation,
            lambda: refund.refund_payment(
                payment, amount=amount, reason="walk", user_id=self.world.shop.users[user].pk, kind=kind
            ),
        )

    def decide(self, wanted: Refund, yes: bool, user: int, fate: Fate) -> None:
        wanted = Refund.objects.select_related("payment__pos", "payment__channel").get(pk=wanted.pk)
        decide = refund.approve if yes else refund.reject
        self.world.run(
            fate, "refund", lambda: decide(wanted, user_id=self.world.shop.users[user].pk, note="walk")
        )

    def ask(self, payment: Payment, fate: Fate) -> None:
        self.world.run(fate, "status", lambda: reconcile.query_status(self.world.fresh(payment)))

    def settle(self, payment: Payment, user: int, fate: Fate) -> None:
        """A person writes down what the bank's people say; they read the books of this moment."""
        person = self.world.shop.users[user].pk
        doubtful = payment.refunds.filter(state__in=SENT_REFUND_STATES).first()
        moved = self._told_at_the_bank(payment, doubtful)
        if moved is None:
            return
        if payment.state in OPEN_STATES:
            self.world.may_be_late.add(payment.order_id)
            self._run_without_answers(fate, lambda: settle.settle_payment(
                self.world.fresh(payment), was_taken=moved, reason="walk", user_id=person))  # fmt: skip
        elif doubtful is not None:
            self._run_without_answers(fate, lambda: settle.settle_refund(
                doubtful, was_made=moved, reason="walk", user_id=person))  # fmt: skip

    def decide_settlement(self, waiting: Settlement, user: int, fate: Fate) -> None:
        """Whoever approves has asked the bank's people again."""
        person = self.world.shop.users[user].pk
        moved = self._told_at_the_bank(self.world.fresh(waiting.payment), waiting.refund)
        decide = settle.approve_settlement if moved is waiting.money_moved else settle.reject_settlement
        self.world.may_be_late.add(waiting.payment.order_id)
        self._run_without_answers(fate, lambda: decide(waiting, user_id=person, note="walk"))

    def _told_at_the_bank(self, payment: Payment, doubtful: Refund | None) -> bool | None:
        """Whether the money moved; None where a person could not tell, or there is nothing to ask."""
        order = self.world.order_of(payment)
        if payment.order_id in self.world.excused:
            return None
        if payment.state in OPEN_STATES:
            return (
                None if order and order["state"] == "voided" else bool(order and order["state"] == "captured")
            )
        if doubtful is None or order is None:
            return None
        back = order["amount_minor"] if order["state"] == "voided" else order["refunded_minor"]
        return Decimal(back) / 100 == payment.refunded_amount + doubtful.amount

    def _run_without_answers(self, fate: Fate, work: Callable[[], object]) -> None:
        """Settling queries the bank first, which would make the person's word needless."""
        self.world.faults.add(Fault("drop_before", operation="status"))
        self.world.run(fate, "none", work)

    def allocate_credit(self, payment: Payment, bill: Bill, fate: Fate) -> None:
        bill.refresh_from_db()
        amount = min(payment.unallocated_amount, bill.open_amount)
        if amount > 0:
            user = self.world.shop.users[0].pk
            self.world.run(
                fate, "none", lambda: allocate(self.world.fresh(payment), [(bill, amount)], user_id=user)
            )

    def take_back(self, payment: Payment, fate: Fate) -> None:
        """All that the payment has on one of its bills: a credit note."""
        bill: Any = find_paid_bills(payment).order_by("pk").first()
        if bill is not None:
            user = self.world.shop.users[0].pk
            self.world.taken_back.add(payment.order_id)
            self.world.run(
                fate, "none",
                lambda: deallocate(self.world.fresh(payment), bill, bill.held, user_id=user, reason="walk"),
            )  # fmt: skip

    def panel(self, payment: Payment, *, minor: int | None) -> None:
        """Somebody at the bank gives money back without us."""
        order = self.world.order_of(payment)
        if order is None or order["state"] != "captured":
            return
        left = order["captured_minor"] - order["refunded_minor"]
        if minor is None and order["refunds"] or minor is not None and not 0 < minor <= left:
            return
        bank = next(bank for bank in self.world.banks.values() if payment.order_id in order_ids(bank))
        bank.books.at_the_panel(payment.order_id, minor)
        self.world.excused.add(payment.order_id)

    def close_bill(self, bill: Bill, status: BillStatus, fate: Fate) -> None:
        self.world.run(fate, "none", lambda: bills.close(bill, status=status, reason="walk"))

    def reopen_bill(self, bill: Bill, fate: Fate) -> None:
        self.world.run(fate, "none", lambda: bills.reopen(bill, reason="walk"))

    def move_pos(self, which: int) -> None:
        """A POS gets the other bank's address, while payments at the first may be open."""
        pos = POS.objects.get(pk=self.world.shop.pos[which % len(self.world.shop.pos)])
        here, there = (BANK_URL, OTHER_BANK_URL)
        if pos.resource_url.startswith(OTHER_BANK_URL):
            here, there = there, here
        pos.resource_url = pos.resource_url.replace(here, there)
        pos.three_d_resource_url = (pos.three_d_resource_url or "").replace(here, there)
        pos.save()


def order_ids(bank: Bank) -> set[str]:
    return {order["order_id"] for order in bank.books.as_json()}
