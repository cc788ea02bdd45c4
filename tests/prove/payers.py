"""Payers at the portal (Bimetri's contract), with cards of every bank, in installments and with 3-D Secure."""

import threading
from html.parser import HTMLParser
from random import Random

import httpx

from tests.prove.people import Company, client, log_in
from tests.prove.shop import INSTALLMENTS
from tests.support.bank.client import find_pans, pay

CARD_ON_A_PAGE = "PAGE WITH A CARD NUMBER"


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


class Payer:
    def __init__(
        self, company: Company, base_url: str, random: Random, late: list[tuple[str, dict[str, str]]]
    ) -> None:
        """`late`: callbacks that all payers of the crowd hold back for a while."""
        self.company, self.random, self.http = company, random, client(base_url)
        self._late = late
        token = log_in(self.http, "/api/auth/login", "screenName", company.shop.portal, "token")
        self._bearer = {"Authorization": f"Bearer {token}"}

    def act(self) -> None:
        due = self.company.next_due(self.random)
        if self.random.random() < 0.08:
            self._pay_with_card_on_file(due.subscription, [due.bills[0][0]])
        else:
            bills = due.bills if self.random.random() < 0.7 else due.bills[:1]
            self._pay(due.subscription, [number for number, _key, _amount in bills])

    def _pay(self, subscription: int, bills: list[int]) -> None:
        route = self.random.choice(self.company.shop.routes)
        body = {
            "CardExpireMonth": "12", "CardExpireYear": "2040", "CardNumber": route.number, "CardOwnerName": "Ali Veli",
            "Cvc": "000", "Installment": self.random.choice((1, 1, 1, INSTALLMENTS)), "bill": bills,
            "phoneNumber": "5321234567", "subscriptionId": subscription, "threeD": int(self.random.random() < 0.5),
        }  # fmt: skip
        message = self._post("/api/payment/add", body, bills)
        if message:
            self._confirm(_Form(message), route.bank)

    def _pay_with_card_on_file(self, subscription: int, bills: list[int]) -> None:
        body = {"subscriptionId": subscription, "bill": bills, "installment": 1}
        self._post("/api/payment/add/registeredcard", body, bills)

    def _post(self, path: str, body: dict[str, object], bills: list[int]) -> str:
        """The form of 3-D Secure, if there is one."""
        answer = self.http.post(path, json=body, headers=self._bearer)
        data = answer.json()
        self.company.count(str(data.get("error") or data.get("reason") or f"HTTP {answer.status_code}"))
        if answer.status_code == 200:
            self.company.told.paid_bills += bills
        return str(data["message"]) if answer.status_code == 201 else ""

    def _confirm(self, form: _Form, bank: str) -> None:
        """In the bank's page; then back, once, twice, at the same time, or never."""
        otp = "wrong" if self.random.random() < 0.1 else None
        url, fields = pay(form.action, form.inputs, bank, otp)
        fate = self.random.random()
        if not url or fate < 0.05:
            self.company.count("never came back")
            return
        if fate < 0.15:  # comes back after others, perhaps after it has expired
            self._late.append((url, fields))
            self.random.shuffle(self._late)
            url, fields = self._late.pop()
        if fate > 0.85:
            racers = [threading.Thread(target=self.come_back, args=(url, fields)) for _ in range(3)]
            for racer in racers:
                racer.start()
            for racer in racers:
                racer.join()
        else:
            for _ in range(1 if fate < 0.7 else 2):
                self.come_back(url, fields)

    def come_back(self, url: str, fields: dict[str, str]) -> None:
        try:
            page = self.http.post(url, data=fields)
        except httpx.HTTPError:
            self.company.count("no answer")
            return
        self.company.count("came back")
        if find_pans(page.text):
            self.company.count(CARD_ON_A_PAGE)
