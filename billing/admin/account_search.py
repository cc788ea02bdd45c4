"""Accounts by the start of their number or email, the words of their name, or their phone: each by its own index."""

from itertools import chain
from typing import Any

from django.db.models import Q, QuerySet

from billing.models import Account
from billing.models.account import PhoneKey
from config.kit.lib.folding import has_words
from config.kit.search.terms import Term


def find_accounts(rows: QuerySet[Account], term: Term, limit: int) -> list[Account]:
    """At most `limit`, those of the number first."""
    found = chain.from_iterable(part[:limit] for part in _parts(rows.order_by(), term))
    return list({account.pk: account for account in found}.values())[:limit]


def _parts(rows: QuerySet[Account], term: Term) -> list[QuerySet[Account]]:
    conditions: list[Any] = []
    if " " not in term.text:
        conditions.append(Q(account_number__startswith=term.text))
    if "@" in term.text:
        conditions.append(Q(email__istartswith=term.text))
    elif term.names and not term.number:
        conditions.append(has_words("name", term.names))
    parts = [rows.filter(condition) for condition in conditions]
    if term.phone:
        parts.append(rows.alias(phone_key=PhoneKey("phone")).filter(phone_key__startswith=term.phone))
    return parts
