"""What payers, browsers and clerks do, each from a thread, each with its own seeded dice."""

import itertools
import threading
import time
from collections import Counter
from html.parser import HTMLParser
from random import Random

import httpx
from django.db import OperationalError, connection

from billing.models import Payment
from tests.prove.shop import PASSWORD, Due, Shop
from tests.support.bank.client import find_pans, pay

PAYERS = 8


class _Form(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.action, self.inputs = "", {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = values["action"]
        elif tag == "input" and values.get("name"):
            self.inputs[values["name"]] = values.get("value", "")


class Crowd:
    """Eight payers until the books hold `payments` payments, and refunds between them. Answers are counted, not
    judged: a killed server answers nothing.
    """

    def __init__(self, base_url: str, shop: Shop, payments: int, seed: int) -> None:
        self.shop, self.seed, self.base_url = shop, seed, base_url
        self.counts: Counter[str] = Counter()
        self.payments = payments
        self._turns = itertools.count()
        self._late: list[tuple[str, dict[str, str]]] = []
        self._lock = threading.Lock()
        self._http = httpx.Client(base_url=base_url, timeout=30, trust_env=False)
        body = {"screenName": shop.user, "password": PASSWORD, "rememberMe": False}
        token = self._http.post("/api/auth/login", json=body).raise_for_status().json()["token"]
        self._bearer = {"Authorization": f"Bearer {token}"}
        key = self._http.post("/api/v1/auth/login/", json={"username": shop.user, "password": PASSWORD})
        self._token = {"Authorization": f"Token {key.raise_for_status().json()['key']}"}

    def run(self) -> None:
        threads = [threading.Thread(target=self._pay_on, args=(number,)) for number in range(PAYERS)]
        threads.append(threading.Thread(target=self._give_back, args=(Random(self.seed + 99),)))
        for thread in threads:
            thread.start()
        for thread in threads[:-1]:
            thread.join()
        self._done = True
        threads[-1].join()
        for url, fields in self._late:
            self._come_back(url, fields)
        self._http.close()

    _done = _is_enough = False

    def _pay_on(self, number: int) -> None:
        random = Random(self.seed * 1000 + number)
        while True:
            with self._lock:
                turn = next(self._turns)
            if turn % 10 == 0:
                self._look_whether_enough()
            if self._is_enough:
                return
            # neighbours in time fight for the same bills
            due = self.shop.dues[min(turn // 2 + random.randint(0, 2), len(self.shop.dues) - 1)]
            while True:
                try:
                    self._pay(due, random)
                    break
                except httpx.ConnectError:  # all servers are being started again: nothing was asked
                    time.sleep(0.2)
                except (
                    httpx.HTTPError,
                    OSError,
                    ValueError,
                    KeyError,
                ):  # a page of an error in place of JSON
                    self.counts["no answer"] += 1
                    break

    def _look_whether_enough(self) -> None:
        try:
            self._is_enough |= Payment.objects.count() >= self.payments
        except OperationalError:  # the database is being started again
            time.sleep(1)
        finally:
            connection.close()  # the pool has fewer than there are payers

    def _pay(self, due: Due, random: Random) -> None:
        route = random.choice(self.shop.routes)
        bills = due.bills if random.random() < 0.7 else due.bills[:1]
        body = {
            "CardExpireMonth": "12", "CardExpireYear": "2040", "CardNumber": route.number, "CardOwnerName": "Ali Veli",
            "Cvc": "000", "Installment": 1, "bill": list(bills), "phoneNumber": "5321234567",
            "subscriptionId": due.subscription, "threeD": int(random.random() < 0.5),
        }  # fmt: skip
        answer = self._http.post("/api/payment/add", json=body, headers=self._bearer)
        data = answer.json()
        self.counts[data.get("error") or data.get("reason") or f"HTTP {answer.status_code}"] += 1
        if answer.status_code == 201:
            self._confirm(_Form(data["message"]), route.bank, random)

    def _confirm(self, form: _Form, bank: str, random: Random) -> None:
        """In the bank's page; then back, once, twice, at the same time, or never."""
        otp = "wrong" if random.random() < 0.1 else None
        url, fields = pay(form.action, form.inputs, bank, otp)
        fate = random.random()
        if not url or fate < 0.05:
            self.counts["never came back"] += 1
            return
        if fate < 0.15:  # comes back after others, perhaps after it has expired
            self._late.append((url, fields))
            random.shuffle(self._late)
            url, fields = self._late.pop()
        times = 1 if fate < 0.7 else 2
        if fate > 0.85:
            racers = [threading.Thread(target=self._come_back, args=(url, fields)) for _ in range(3)]
            for racer in racers:
                racer.start()
            for racer in racers:
                racer.join()
        else:
            for _ in range(times):
                self._come_back(url, fields)

    def _come_back(self, url: str, fields: dict[str, str]) -> None:
        try:
            page = self._http.post(url, data=fields)
            self.counts["came back"] += 1
            if find_pans(page.text):
                self.counts["PAGE WITH A CARD NUMBER"] += 1
        except httpx.HTTPError:
            self.counts["no answer"] += 1

    def _give_back(self, random: Random) -> None:
        """A clerk: refunds and voids of whatever is captured, some of them asked for twice at a time."""
        for number in itertools.count():
            if self._done:
                return
            try:
                self._refund_one(random, number)
            except (httpx.HTTPError, OSError, ValueError, KeyError):  # a page of an error in place of JSON
                self.counts["no answer"] += 1

    def _refund_one(self, random: Random, number: int) -> None:
        rows = self._http.get(
            "/api/v1/payments/", params={"status": "captured", "limit": 20}, headers=self._token
        ).json()["results"]
        if not rows:
            return
        row = random.choice(rows)
        path = random.choice(("refund", "refund", "void"))
        body = {"reason": "proof"}
        if path == "refund" and random.random() < 0.6:
            body["amount"] = f"{float(row['amount']) * 0.6:.2f}"
        headers = {**self._token, "Idempotency-Key": f"proof-{number}"}
        answers = [
            self._http.post(f"/api/v1/payments/{row['pk']}/{path}/", json=body, headers=headers)
            for _ in range(random.choice((1, 2)))
        ]
        self.counts[f"{path} {answers[0].status_code}"] += 1
