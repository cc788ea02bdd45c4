"""Accounts that requests name, by POID or account number."""

from collections.abc import Callable

from django.db.models import Q

from billing.models import Account
from billing.poid import number_of
from config.kit.identity.access import Reach
from config.kit.lib.errors import InvalidValueError


def account_named(name: str) -> Q:
    number = number_of(name, "account")
    return Q(account_number=name) if number is None else Q(pk=number)


def filter_by_account(prefix: str) -> Callable[[str], Q]:
    """A filter by account on a model from which `prefix` leads to one that has an account."""

    def find(text: str) -> Q:
        number = number_of(text, "account")
        if number is not None:
            return Q(**{f"{prefix}account_id": number})
        return Q(**{f"{prefix}account__account_number": text})

    return find


def find_account(name: str, reach: Reach) -> Account:
    """Raises InvalidValueError."""
    accounts = reach.limit(Account.objects.select_related("channel"))
    found = accounts.filter(account_named(name)).first()
    if found is None:
        raise InvalidValueError("account.id", "There is no such account.")
    return found
