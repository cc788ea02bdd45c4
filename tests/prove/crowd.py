"""Everybody who is at work at the same time. Answers are counted, not judged: a killed server answers nothing."""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable
from random import Random

import httpx
from django.db import DatabaseError, connection

from billing.models import Payment
from tests.prove.clerks import Clerk
from tests.prove.merchant import Merchant
from tests.prove.payers import Payer
from tests.prove.people import Told
from tests.prove.shop import CLERKS, Due, Shop
from tests.prove.telco import Telco
from tests.support.listener import Listener

PAYERS = 8
TELCOS = 2
LISTENERS = ("/take", "/flaky", "/cut")
"""One takes every event, one refuses some, one breaks off after it has heard some."""


class Crowd:
    """Payers until the books hold `payments` payments; meanwhile a telco, a merchant and clerks."""

    def __init__(self, base_url: str, shop: Shop, payments: int, seed: int, listener: Listener) -> None:
        self.shop, self.payments = shop, payments
        self.counts: Counter[str] = Counter()
        self.told = Told()
        self._turns = itertools.count()
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._late: list[tuple[str, dict[str, str]]] = []
        dice = (Random(seed * 1000 + number) for number in itertools.count())
        self.payers = [Payer(self, base_url, next(dice), self._late) for _ in range(PAYERS)]
        self.telcos = [Telco(self, base_url, next(dice)) for _ in range(TELCOS)]
        self.clerks = [Clerk(self, base_url, next(dice), name) for name in CLERKS]
        self.merchant = Merchant(self, base_url, next(dice))
        for path in LISTENERS:
            self.telcos[0].listen(listener.url(path))

    def run(self) -> None:
        acts = [person.act for person in self._people()]
        threads = [threading.Thread(target=self._work, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        while not self._is_enough():
            time.sleep(0.3)
        self._done.set()
        for thread in threads:
            thread.join()
        for url, fields in self._late:
            self.payers[0].come_back(url, fields)

    def count(self, what: str) -> None:
        with self._lock:
            self.counts[what] += 1

    def next_due(self, random: Random) -> Due:
        """Neighbours in time fight for the same bills."""
        with self._lock:
            turn = next(self._turns)
        return self.shop.dues[min(turn // 2 + random.randint(0, 2), len(self.shop.dues) - 1)]

    def close(self) -> None:
        for person in self._people():
            person.http.close()

    def _people(self) -> list[Payer | Telco | Clerk | Merchant]:
        return [*self.payers, *self.telcos, *self.clerks, self.merchant]

    def _work(self, act: Callable[[], None]) -> None:
        while not self._done.is_set():
            try:
                act()
            except httpx.ConnectError:  # all servers are being started again: nothing was asked
                time.sleep(0.2)
            except (httpx.HTTPError, OSError, ValueError, KeyError):  # a page of an error in place of JSON
                self.count("no answer")

    def _is_enough(self) -> bool:
        try:
            return Payment.objects.count() >= self.payments
        except DatabaseError:  # it is being started again
            return False
        finally:
            connection.close()
