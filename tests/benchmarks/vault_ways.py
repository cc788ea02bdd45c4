"""The calls of vault_cards, in a process of its own: `-m tests.benchmarks.vault_ways CARDS CALLS`.

A call goes through the whole application (middleware, keys, JSON, encryption) but no socket; the bare way runs the
statements that the work needs, with ready values, on a connection of its own. Prints each call's seconds as JSON.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import django

FILL = """
    INSERT INTO vault_storedcard (
        merchant_id, relational_id1, relational_id2, relational_id3, nickname, card_bin, last_four, month, year, sealed,
        identity_hash, unique_code_hash, created_date, modified_date
    )
    SELECT %s, 'customer-' || number / 3, '', '', 'card', '41197901', lpad((number %% 10000)::text, 4, '0'),
        number %% 12 + 1, 2030 + number %% 20, %s, md5(number::text), md5('code' || number), now(), now()
    FROM generate_series(1, %s) AS number
"""
SEAL = """
    UPDATE vault_storedcard AS card SET sealed = sealed_cards.sealed FROM sealed_cards WHERE sealed_cards.id = card.id
"""
INSERT = (
    FILL[: FILL.index("SELECT")]
    + "VALUES (%s, %s, '', '', 'card', '41197901', '1111', 1, 2040, %s, %s, %s, now(), now())"
)
LOCK = "SELECT pg_advisory_xact_lock(%s)"
SAME = """
    SELECT * FROM vault_storedcard
    WHERE merchant_id = %s AND relational_id1 = %s AND relational_id2 = '' AND relational_id3 = ''
      AND card_bin = '41197901' AND last_four = '1111' AND identity_hash = %s AND month = 1 AND year = 2040
"""
RELATED = """
    SELECT * FROM vault_storedcard
    WHERE merchant_id = %s AND relational_id1 = %s AND relational_id2 = '' AND relational_id3 = '' ORDER BY id
"""
LOG = """
    INSERT INTO vault_accesslog (at, merchant_id, key_id, action, error_code, card_ids, detail, address, request_id)
    VALUES (now(), %s, %s, %s, 0, %s, '', '127.0.0.1', '')
"""
PATH = "/paywall/card/insurance"
CARD = {"Nickname": "card", "HolderName": "Test Kartı", "CardBin": "41197901", "CardLastFour": "1111"}
BODY = {"Card": {**CARD, "Identity": "17654932298", "Month": 1, "Year": 2040}, "IncludeDetails": True}


class Bench:
    def __init__(self, cards: int) -> None:
        import psycopg
        from django.core.management import call_command
        from django.test import Client

        call_command("migrate", verbosity=0)
        from config.kit.lib.encryption import Place, seal_value
        from tests.support.factories import ChannelFactory
        from tests.vault.conftest import make_bins, make_shop

        make_bins(ChannelFactory())
        self.shop, self.cards = make_shop("Benchmark"), cards
        secret = {"identity": "17654932298", "holder_name": "Test Kartı", "unique_code": "x" * 56}
        self.sealed = ""
        self.bare = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        self.bare.execute(FILL, [self.shop.merchant.pk, self.sealed, cards])
        with self.bare.transaction(), self.bare.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE sealed_cards (id bigint, sealed text) ON COMMIT DROP")
            keys = [row[0] for row in cursor.execute("SELECT id FROM vault_storedcard").fetchall()]
            with cursor.copy("COPY sealed_cards FROM STDIN") as copy:
                for key in keys:
                    self.sealed = seal_value(secret, Place("vault_storedcard", "sealed", key))
                    copy.write_row([key, self.sealed])
            cursor.execute(SEAL)
        self.bare.execute("VACUUM ANALYZE vault_storedcard")
        self.client = Client(headers=self.shop.headers)

    def save(self, number: int) -> None:
        body = {**BODY, "RelationalId1": f"new-{number}"}
        answer = self.client.post(PATH, json.dumps(body), content_type="application/json")
        assert answer.status_code == 200, answer.content

    def save_bare(self, number: int) -> None:
        merchant, key, name = self.shop.merchant.pk, self.shop.key.pk, f"bare-{number}"
        with self.bare.transaction():
            self.bare.execute(LOCK, [number])
            self.bare.execute(SAME, [merchant, name, name]).fetchall()
            row = self.bare.execute(
                INSERT + " RETURNING id", [merchant, name, self.sealed, name, name]
            ).fetchone()
            self.bare.execute(LOG, [merchant, key, "save", [row[0]]])  # type: ignore[index]

    def list(self, number: int) -> None:
        name = f"customer-{number * 7919 % (self.cards // 3)}"
        answer = self.client.get(PATH, headers={"relationalid1": name, "includedetails": "true"})
        assert len(answer.json()["Body"]) >= 2, answer.content

    def list_bare(self, number: int) -> None:
        name = f"customer-{number * 7907 % (self.cards // 3)}"
        rows = self.bare.execute(RELATED, [self.shop.merchant.pk, name]).fetchall()
        self.bare.execute(LOG, [self.shop.merchant.pk, self.shop.key.pk, "list", [row[0] for row in rows]])


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    cards, calls = int(sys.argv[1]), int(sys.argv[2])
    bench = Bench(cards)
    ways: dict[str, Callable[[int], Any]] = {
        "save": bench.save, "save bare": bench.save_bare, "list": bench.list, "list bare": bench.list_bare,
    }  # fmt: skip
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(-20, calls):  # the first ones warm up
        for name, run in ways.items():
            start = time.perf_counter()
            run(number + 20)
            if number >= 0:
                seconds[name].append(time.perf_counter() - start)
    json.dump(seconds, sys.stdout)


if __name__ == "__main__":
    main()
