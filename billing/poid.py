"""POIDs, the ids of the BRM contract: `0.0.0.1+-item-payment+207561` is database, kind and number."""

import re

DATABASE = "0.0.0.1"

# In a query string a plus sign is decoded as a space.
_POID = re.compile(
    rf"{re.escape(DATABASE)}[+ ]-(?P<kind>[a-z]+(?:-[a-z]+)*)[+ ](?P<number>[0-9]{{1,18}})", re.ASCII
)


def poid(kind: str, number: int) -> str:
    """`poid("item-payment", 207561)` → `0.0.0.1+-item-payment+207561`."""
    return f"{DATABASE}+-{kind}+{number}"


def payment_poid(payment_id: int) -> str:
    return poid("item-payment", payment_id)


def refund_poid(refund_id: int) -> str:
    return poid("item-refund", refund_id)


def account_poid(account_id: int) -> str:
    return poid("account", account_id)


def bill_poid(bill_id: int) -> str:
    return poid("bill", bill_id)


def number_of(text: str, *kinds: str) -> int | None:
    """The number of a POID of one of `kinds`, None for anything else."""
    match = _POID.fullmatch(text)
    return int(match["number"]) if match and match["kind"] in kinds else None
