"""What everybody who calls the application has."""

from dataclasses import dataclass, field
from random import Random
from typing import Protocol

import httpx

from tests.prove.shop import PASSWORD, Due, Shop

ANSWER_SECONDS = 30


@dataclass
class Told:
    """What somebody was told for certain, and what must stay true."""

    paid_bills: list[int] = field(default_factory=list)
    """Numbers of bills."""
    captured: list[str] = field(default_factory=list)
    """Ids of TM Forum's payments."""
    refunded: list[int] = field(default_factory=list)
    """Keys of refunds."""
    stored_cards: dict[str, str] = field(default_factory=dict)
    """Unique codes of the vault, with their relation."""


class Company(Protocol):
    """What people know of the crowd they are in."""

    shop: Shop
    told: Told

    def count(self, what: str) -> None: ...

    def next_due(self, random: Random) -> Due: ...


def client(base_url: str) -> httpx.Client:
    return httpx.Client(base_url=base_url, timeout=ANSWER_SECONDS, trust_env=False)


def log_in(http: httpx.Client, path: str, name_field: str, name: str, token_field: str) -> str:
    body = {name_field: name, "password": PASSWORD}
    return str(http.post(path, json=body).raise_for_status().json()[token_field])
