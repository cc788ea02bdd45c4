"""The bank's own books: what was really charged, given back and voided, in minor units."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any


class Refusal(Exception):
    """The bank says no; `why` is mapped to each gateway's own code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass
class Order:
    gateway: str
    store: str
    order_id: str
    amount_minor: int
    currency: str
    installments: str
    card: str
    auth_code: str
    host_ref: str
    transaction_id: str
    time: str
    state: str = "captured"
    """captured, voided or declined"""
    refusal: str = ""
    settled: bool = False
    charges: int = 1
    """How often the card was debited for this order: more than once only with the knob
    `accept_duplicates`.
    """
    refunds: list[dict[str, Any]] = field(default_factory=list)
    no_giving_back: bool = False

    @property
    def refunded_minor(self) -> int:
        return sum(refund["amount_minor"] for refund in self.refunds)


@dataclass
class Authentication:
    """A 3-D session. `md` is single use and bound to order and amount."""

    gateway: str
    store: str
    order_id: str
    amount_minor: int
    currency: str
    installments: str
    pan: str = field(repr=False)
    md: str = ""
    md_status: str = ""
    used: bool = False
    form: dict[str, str] = field(default_factory=dict, repr=False)


class Books:
    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.accept_duplicates = False
        self._alteration = threading.local()
        self.reset()

    @contextmanager
    def altered(self, how: str) -> Iterator[None]:
        """While it lasts this thread's charges are of another amount (`other_amount`) or currency
        (`other_currency`) than was asked for.
        """
        self._alteration.how = how
        try:
            yield
        finally:
            self._alteration.how = ""

    @contextmanager
    def not_kept(self) -> Iterator[None]:
        """What happens meanwhile did not happen."""
        with self.lock:
            kept = self.orders, self.sessions
            self.orders, self.sessions = deepcopy(kept)
            try:
                yield
            finally:
                self.orders, self.sessions = kept

    def reset(self) -> None:
        with self.lock:
            self.orders: dict[tuple[str, str, str], Order] = {}
            self.sessions: dict[str, Authentication] = {}
            self._numbers = itertools.count(1)

    def number(self) -> int:
        with self.lock:
            return next(self._numbers)

    def find(self, gateway: str, store: str, order_id: str) -> Order | None:
        return self.orders.get((gateway, store, order_id))

    def find_transaction(self, gateway: str, transaction_id: str) -> Order | None:
        with self.lock:
            found = (order for order in self.orders.values() if order.gateway == gateway)
            return next((order for order in found if order.transaction_id == transaction_id), None)

    def charge(
        self,
        gateway: str,
        store: str,
        order_id: str,
        amount_minor: int,
        currency: str,
        installments: str,
        card: str,
        refusal: str,
        no_giving_back: bool = False,
    ) -> Order:
        """Debit the card. Raises Refusal for a known order and with the issuer's `refusal`, which is
        booked, too.
        """
        with self.lock:
            known = self.find(gateway, store, order_id)
            if known is not None and known.state != "declined":
                if not self.accept_duplicates:
                    raise Refusal("duplicate")
                known.charges += 1
                return known
            number = self.number()
            how = getattr(self._alteration, "how", "")
            if how == "other_amount":
                amount_minor += 100
            if how == "other_currency":
                currency = "978" if currency == "949" else "949"
            order = Order(
                gateway=gateway,
                store=store,
                order_id=order_id,
                amount_minor=amount_minor,
                currency=currency,
                installments=installments,
                card=card,
                auth_code=f"P{number % 100000:05d}",
                host_ref=f"{326000000000 + number}",
                transaction_id=f"26325S{number:08d}",
                time=datetime.now(UTC).strftime("%Y%m%d %H:%M:%S"),
                no_giving_back=no_giving_back,
            )
            if refusal:
                order.state, order.refusal, order.charges = "declined", refusal, 0
            self.orders[gateway, store, order_id] = order
            if refusal:
                raise Refusal(refusal)
            return order

    def void(self, order: Order | None, *, needs_day: bool = True) -> Order:
        with self.lock:
            if order is None or order.state == "declined":
                raise Refusal("not_found")
            if order.state == "voided" or order.refunds or order.no_giving_back:
                raise Refusal("not_voidable")
            if needs_day and order.settled:
                raise Refusal("not_voidable")
            order.state = "voided"
            return order

    def refund(
        self, order: Order | None, amount_minor: int, *, needs_settlement: bool = True
    ) -> dict[str, Any]:
        with self.lock:
            if order is None or order.state == "declined":
                raise Refusal("not_found")
            if order.no_giving_back or (needs_settlement and not order.settled):
                raise Refusal("not_settled")
            if order.state == "voided" or order.refunded_minor + amount_minor > order.amount_minor:
                raise Refusal("exceeds")
            number = self.number()
            refund = {"amount_minor": amount_minor, "host_ref": f"{326000000000 + number}", "number": number}
            order.refunds.append(refund)
            return refund

    def at_the_panel(self, order_id: str, refund_minor: int | None = None) -> int:
        """A clerk of the bank gives money back without us: the whole as a void, or an amount as a refund."""
        with self.lock:
            order = next(order for order in self.orders.values() if order.order_id == order_id)
            if refund_minor is None:
                order.state = "voided"
            else:
                order.settled = True
                self.refund(order, refund_minor)
            return order.refunded_minor

    def settle(self) -> int:
        """The end of the day, now. Returns how many orders it settled."""
        with self.lock:
            open_orders = [
                order for order in self.orders.values() if order.state == "captured" and not order.settled
            ]
            for order in open_orders:
                order.settled = True
            return len(open_orders)

    def authenticate(
        self, md: str, gateway: str, order_id: str, amount_minor: int, currency: str
    ) -> Authentication:
        """Use up an md. Raises Refusal for one that is unknown, used or bound to something else."""
        with self.lock:
            session = self.sessions.get(md)
            if session is None or session.gateway != gateway:
                raise Refusal("md")
            bound = (session.order_id, session.amount_minor, session.currency) == (
                order_id,
                amount_minor,
                currency,
            )
            if not bound:
                raise Refusal("md")
            if session.used:
                raise Refusal("duplicate")
            session.used = True
            return session

    def as_json(self) -> list[dict[str, Any]]:
        with self.lock:
            return [
                {
                    **asdict(order),
                    "refunded_minor": order.refunded_minor,
                    "captured_minor": order.amount_minor * order.charges if order.state == "captured" else 0,
                }
                for order in self.orders.values()
            ]
