"""Retention: removes cards of deleted merchants, and cards that expired VAULT_KEEP_EXPIRED_DAYS ago."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from config.kit.lib import days
from vault.models import Action, StoredCard
from vault.services.access import Actor, log_access

BATCH = 500

logger = logging.getLogger(__name__)


def remove_old_cards(today: date | None = None) -> dict[str, int]:
    """Returns the number of cards removed for each reason. Each batch and its log entries are one transaction."""
    last = (today or days.today()) - timedelta(days=settings.VAULT_KEEP_EXPIRED_DAYS)
    reasons = {
        "deleted merchant": Q(merchant__deleted_at__isnull=False),
        "expired": Q(year__lt=last.year) | Q(year=last.year, month__lt=last.month),
    }
    counts = {
        reason: _remove(StoredCard.objects.filter(condition), reason) for reason, condition in reasons.items()
    }
    logger.info("Stored cards removed", extra=counts)
    return counts


def _remove(cards: QuerySet[StoredCard], reason: str) -> int:
    total = 0
    while count := _remove_batch(cards, reason):
        total += count
    return total


def _remove_batch(cards: QuerySet[StoredCard], reason: str) -> int:
    """Locked cards are left for the next run."""
    with transaction.atomic():
        found = cards.order_by("pk").select_for_update(of=("self",), skip_locked=True)
        rows = list(found.values_list("pk", "merchant_id")[:BATCH])
        StoredCard.objects.filter(pk__in=[key for key, _merchant in rows]).delete()
        for merchant_id, keys in _by_merchant(rows).items():
            log_access(Actor(), Action.RETENTION, cards=keys, detail=reason, merchant_id=merchant_id)
    return len(rows)


def _by_merchant(rows: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for key, merchant_id in rows:
        found[merchant_id].append(key)
    return found
