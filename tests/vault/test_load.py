"""What lists and look-ups cost with many stored cards."""

import json

import pytest
from django.db import connection
from django.db.models import Q

from vault.models import StoredCard
from vault.services.access import Actor
from vault.services.cards import Relation, list_cards

CARDS = 200_000
FILL = """
    INSERT INTO vault_storedcard (
        merchant_id, relational_id1, relational_id2, relational_id3, nickname, card_bin, last_four, month, year, sealed,
        identity_hash, unique_code_hash, created_date, modified_date
    )
    SELECT %s, 'customer-' || number / 2, '', '', 'card', '41197901', lpad((number %% 10000)::text, 4, '0'),
        number %% 12 + 1, 2030 + number %% 20, '', md5(number::text), md5('code' || number), now(), now()
    FROM generate_series(1, %s) AS number
"""


@pytest.fixture
def many(shop, rival):
    with connection.cursor() as cursor:
        for merchant, count in ((shop.merchant, CARDS * 9 // 10), (rival.merchant, CARDS // 10)):
            cursor.execute(FILL.replace("md5('code'", f"md5('{merchant.pk}'"), [merchant.pk, count])
        cursor.execute("ANALYZE vault_storedcard")
    return shop


def plan_of(rows) -> str:
    return json.dumps(json.loads(rows.explain(format="json")))


def test_a_list_and_a_handle_are_index_look_ups(many, rival):
    by_relation = StoredCard.objects.filter(
        merchant=many.merchant, relational_id1="customer-77", relational_id2="", relational_id3=""
    )
    by_code = by_relation.filter(unique_code_hash__in=["one", "two"]).select_for_update()
    of_any_merchant = StoredCard.objects.filter(
        merchant__in=[many.merchant.pk, rival.merchant.pk], relational_id1="customer-77"
    )
    expired = StoredCard.objects.filter(Q(year__lt=2030) | Q(year=2030, month__lt=1)).order_by("pk")
    for rows in (by_relation.order_by("pk"), by_code, of_any_merchant.order_by("-pk")[:50], expired[:500]):
        plan = plan_of(rows)
        assert "Seq Scan" not in plan
        assert "Index Scan" in plan
        assert "vault_storedcard_pkey" not in plan
    StoredCard.objects.filter(relational_id1="customer-77").delete()
    assert list_cards(Actor(merchant=many.merchant), Relation("customer-77")) == []
