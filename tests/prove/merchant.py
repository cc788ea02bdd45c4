"""A merchant's back end at the vault (Paywall's contract): stores cards, again and again, changes and removes them."""

from random import Random
from typing import Any

from tests.prove.people import Company, client

PATH = "/paywall/card/insurance"
RELATIONS = 4
CARDS = 10


class Merchant:
    def __init__(self, company: Company, base_url: str, random: Random) -> None:
        self.company, self.random, self.http = company, random, client(base_url)
        self._headers = company.shop.vault_keys

    def act(self) -> None:
        self.random.choice((self._store, self._store, self._change, self._remove))()

    def _store(self) -> None:
        relation = str(self.random.randrange(RELATIONS))
        card = {
            "Nickname": "kart",
            "HolderName": "Ali Veli",
            "CardBin": "41197901",
            "CardLastFour": f"{self.random.randrange(CARDS):04d}",
            "Identity": "17654932298",
            "Month": 11,
            "Year": 2040,
        }
        data = self._send("POST", {**_relation(relation), "Card": card, "IncludeDetails": False})
        if data["Result"]:
            self.company.told.stored_cards[data["Body"]["UniqueCode"]] = relation

    def _change(self) -> None:
        if self.company.told.stored_cards:
            code, relation = self.random.choice(list(self.company.told.stored_cards.items()))
            year = 2041 + self.random.randrange(5)
            self._send("PUT", {**_relation(relation), "UniqueCode": code, "Month": 1, "Year": year})

    def _remove(self) -> None:
        """Nobody knows of a card whose removal has been asked for, unless it was answered."""
        if len(self.company.told.stored_cards) > CARDS:
            code, relation = self.company.told.stored_cards.popitem()
            self._send("DELETE", {**_relation(relation), "UniqueCode": code})

    def _send(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.http.request(method, PATH, json=body, headers=self._headers)
        self.company.count(f"vault {method} {answer.status_code}")
        data: dict[str, Any] = answer.json()
        return data


def _relation(name: str) -> dict[str, str | None]:
    return {"RelationalId1": name, "RelationalId2": None, "RelationalId3": None}
