"""What is not kept for ever goes, and the log says what went."""

from datetime import date

import pytest

from vault import services, tasks
from vault.models import AccessLog, StoredCard
from vault.services import retention

TODAY = date(2040, 12, 15)


@pytest.fixture(autouse=True)
def _keep_thirty_days(settings):
    settings.VAULT_KEEP_EXPIRED_DAYS = 30


def test_cards_go_so_long_after_the_end_of_their_month(shop):
    for month in (9, 10, 11, 12):
        shop.save(Month=month, Year=2040)
    gone = set(StoredCard.objects.filter(month__in=[9, 10]).values_list("pk", flat=True))
    assert retention.remove_old_cards(TODAY) == {"deleted merchant": 0, "expired": 2}
    assert set(StoredCard.objects.values_list("month", flat=True)) == {11, 12}
    line = AccessLog.objects.latest("pk")
    assert (line.action, line.detail, set(line.card_ids)) == ("retention", "expired", gone)
    assert (line.merchant, line.user, line.key) == (shop.merchant, None, None)


@pytest.mark.parametrize(("today", "left"), [(date(2040, 10, 30), 1), (date(2040, 10, 31), 0)])
def test_the_day_is_exact(shop, today, left):
    shop.save(Month=9, Year=2040)
    retention.remove_old_cards(today)
    assert StoredCard.objects.count() == left


def test_cards_of_a_deleted_merchant_go_whatever_their_date(shop, rival):
    shop.save()
    rival.save()
    services.merchants.delete(shop.merchant)
    tasks.remove_old_cards(timestamp=0)
    assert [card.merchant for card in StoredCard.objects.all()] == [rival.merchant]
    assert AccessLog.objects.latest("pk").detail == "deleted merchant"


def test_many_cards_go_in_batches_each_with_its_line(shop, rival, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for month in range(1, 4):
        shop.save(Month=month, Year=2030)
        rival.save(Month=month, Year=2030)
    assert retention.remove_old_cards(TODAY)["expired"] == 6
    lines = AccessLog.objects.filter(action="retention")
    assert sum(len(line.card_ids) for line in lines) == 6
    assert all(len(line.card_ids) <= 2 for line in lines)


def test_nothing_old_is_nothing_done(shop):
    shop.save()
    assert retention.remove_old_cards() == {"deleted merchant": 0, "expired": 0}
    assert StoredCard.objects.count() == 1
