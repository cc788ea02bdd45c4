"""A telco's back end (TM Forum's contract): cards on file, cash, allocations, refunds, event listeners."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

import httpx

from billing.poid import account_poid, bill_poid
from tests.prove.people import Company, client
from tests.prove.shop import METHOD, Due

BASE = "/brm/payment/v4"
STORED = {"id": METHOD, "@type": "PaymentMethodRef", "@referredType": "bankCard"}
CASH = {"id": "till 7", "@type": "Cash"}
REMEMBERED = 20


@dataclass(frozen=True)
class Taken:
    """A payment that the telco made."""

    id: str
    due: Due
    method: dict[str, str]
    amount: Decimal


class Telco:
    def __init__(self, company: Company, base_url: str, random: Random) -> None:
        self.company, self.random, self.http = company, random, client(base_url)
        self._correlators = (f"{random.getrandbits(32):08x}-{number}" for number in itertools.count())
        self._taken: list[Taken] = []
        credentials = (company.shop.client_id, company.shop.client_secret)
        answer = self.http.post(
            "/oauth/token", data={"grant_type": "client_credentials"}, auth=httpx.BasicAuth(*credentials)
        )
        token = answer.raise_for_status().json()["access_token"]
        self._bearer = {"Authorization": f"Bearer {token}"}
        self._acts: tuple[Callable[[], None], ...] = (
            self._pay_bills, self._pay_bills, self._pay_oldest, self._take_cash, self._take_credit,
            self._allocate, self._refund, self._refund_credit,
        )  # fmt: skip

    def listen(self, callback: str) -> None:
        answer = self.http.post(f"{BASE}/hub", json={"callback": callback}, headers=self._bearer)
        answer.raise_for_status()

    def act(self) -> None:
        self.random.choice(self._acts)()

    # --- payments -----------------------------------------------------------------------------------------------

    def _pay_bills(self) -> None:
        due = self.company.next_due(self.random)
        items = [self._item(due, key, amount) for _number, key, amount in due.bills]
        total = sum((amount for _number, _key, amount in due.bills), Decimal(0))
        self._pay(due, STORED, total, paymentItem=items)

    def _pay_oldest(self) -> None:
        due = self.company.next_due(self.random)
        self._pay(due, STORED, due.bills[0][2], query="?allocate=auto")

    def _take_cash(self) -> None:
        due = self.company.next_due(self.random)
        _number, key, amount = due.bills[0]
        self._pay(due, CASH, amount, paymentItem=[self._item(due, key, amount)])

    def _take_credit(self) -> None:
        """Money for no bill."""
        due = self.company.next_due(self.random)
        self._pay(due, self.random.choice((CASH, STORED)), due.bills[0][2])

    def _pay(self, due: Due, method: dict[str, str], amount: Decimal, query: str = "", **more: Any) -> None:
        body = {**self._body(due, method, amount), **more}
        for answer in self._post_at_once(f"payment{query}", body):
            self.company.count(f"telco {method['@type']} {answer.status_code}")
            if answer.status_code == 201:
                document = answer.json()
                self._taken = [*self._taken[-REMEMBERED:], Taken(document["id"], due, method, amount)]
                if document["status"] == "captured":
                    self.company.told.captured.append(document["id"])

    # --- what is done with them ---------------------------------------------------------------------------------

    def _allocate(self) -> None:
        taken = self._recent()
        if taken is None:
            return
        _number, key, amount = self.random.choice(taken.due.bills)
        share = {
            "id": bill_poid(key),
            "allocatedAmount": _money(min(amount, taken.amount), taken.due.currency),
        }
        body = {"paymentId": taken.id, "bill": [share]}
        answer = self.http.post(f"{BASE}/paymentAllocation", json=body, headers=self._bearer)
        self.company.count(f"telco allocation {answer.status_code}")

    def _refund(self) -> None:
        taken = self._recent()
        if taken is not None:
            part = self.random.choice((Decimal(1), Decimal("0.5"), Decimal("0.3")))
            self._ask_for_refund(taken, taken.amount * part, payment={"id": taken.id})

    def _refund_credit(self) -> None:
        taken = self._recent()
        if taken is not None:
            self._ask_for_refund(taken, taken.amount / 2)

    def _ask_for_refund(self, taken: Taken, amount: Decimal, **more: Any) -> None:
        body = {**self._body(taken.due, taken.method, amount), **more, "description": "proof"}
        for answer in self._post_at_once("refund", body):
            self.company.count(f"telco refund {answer.status_code}")

    # --- how ----------------------------------------------------------------------------------------------------

    def _recent(self) -> Taken | None:
        return self.random.choice(self._taken) if self._taken else None

    def _body(self, due: Due, method: dict[str, str], amount: Decimal) -> dict[str, Any]:
        return {
            "account": {"id": account_poid(due.account)},
            "paymentMethod": method,
            "totalAmount": _money(amount, due.currency),
            "correlatorId": next(self._correlators),
        }

    def _item(self, due: Due, key: int, amount: Decimal) -> dict[str, Any]:
        return {"item": {"id": bill_poid(key)}, "totalAmount": _money(amount, due.currency)}

    def _post_at_once(self, path: str, body: dict[str, Any]) -> list[httpx.Response]:
        """Once, or two times at the same time: a client that repeats its correlator id gets one payment."""

        def post() -> httpx.Response:
            return self.http.post(f"{BASE}/{path}", json=body, headers=self._bearer)

        if self.random.random() < 0.7:
            return [post()]
        with ThreadPoolExecutor(2) as pool:
            return [future.result() for future in [pool.submit(post) for _ in range(2)]]


def _money(amount: Decimal, currency: str) -> dict[str, Any]:
    return {"value": float(max(amount.quantize(Decimal("0.01")), Decimal("0.01"))), "unit": currency}
