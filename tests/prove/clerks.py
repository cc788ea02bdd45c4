"""Clerks: several of them give back the same payments, ask banks, and approve or reject each other's refunds."""

import itertools
from random import Random
from typing import Any

from tests.prove.people import Company, client, log_in

API = "/api/v1"
SAME_PAYMENTS = 12
"""Every clerk looks at this many of the latest."""


class Clerk:
    def __init__(self, company: Company, base_url: str, random: Random, name: str) -> None:
        self.company, self.random, self.http, self.name = company, random, client(base_url), name
        key = log_in(self.http, f"{API}/auth/login/", "username", name, "key")
        self._token = {"Authorization": f"Token {key}"}
        self._numbers = itertools.count()

    def act(self) -> None:
        self.random.choice((self._give_back, self._give_back, self._decide_one, self._ask))()

    def decide_all(self) -> None:
        """At the day's end: every refund that waits for a second person, unless it is this clerk's own."""
        for row in self._rows("refunds", status="waiting", limit=200):
            self._post(f"refunds/{row['pk']}/approve/", {})

    def ask_about(self, orders: set[str]) -> None:
        """An approval at NestPay or Garanti names no amount: only a query, or the bank's list of the day, tells it."""
        for order in sorted(orders):
            for row in self._rows("payments", order_id=order):
                self._post(f"payments/{row['pk']}/reconcile/", {})

    def _give_back(self) -> None:
        rows = self._rows(
            "payments", status__in="captured,partially_refunded", limit=SAME_PAYMENTS, ordering="-id"
        )
        if not rows:
            return
        row = self.random.choice(rows)
        path = self.random.choice(("refund", "refund", "void"))
        body = {"reason": "proof"}
        if path == "refund" and self.random.random() < 0.6:
            part = self.random.choice((0.3, 0.5, 0.6))
            body["amount"] = f"{max(0.01, float(row['amount']) * part):.2f}"
        key = f"{self.name}-{next(self._numbers)}"
        for _ in range(self.random.choice((1, 2))):
            self._post(f"payments/{row['pk']}/{path}/", body, key)

    def _decide_one(self) -> None:
        rows = self._rows("refunds", status="waiting", limit=SAME_PAYMENTS)
        if rows:
            way = self.random.choice(("approve", "approve", "reject"))
            self._post(f"refunds/{self.random.choice(rows)['pk']}/{way}/", {})

    def _ask(self) -> None:
        rows = self._rows("payments", limit=SAME_PAYMENTS, ordering="-id")
        if rows:
            self._post(f"payments/{self.random.choice(rows)['pk']}/reconcile/", {})

    def _rows(self, what: str, **wanted: Any) -> list[dict[str, Any]]:
        answer = self.http.get(f"{API}/{what}/", params=wanted, headers=self._token)
        rows: list[dict[str, Any]] = answer.json()["results"]
        return rows

    def _post(self, path: str, body: dict[str, str], key: str = "") -> None:
        headers = {**self._token, **({"Idempotency-Key": key} if key else {})}
        answer = self.http.post(f"{API}/{path}", json=body, headers=headers)
        self.company.count(f"{path.split('/')[2]} {answer.status_code}")
        data = answer.json()
        if answer.status_code == 200 and data.get("status") == "done":
            self.company.told.refunded.append(data["pk"])
