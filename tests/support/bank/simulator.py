"""What one bank of the simulator says of itself. Its package below this folder has a `SIMULATOR`, and that is all:
server, attacks, tests, proof and browser find it there.
"""

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

import tests.support.bank as package
from tests.support.bank import cards

Fields = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class CallbackTerms:
    """The bank's names for what an attack changes in a callback."""

    signature: str
    status: str
    amount: str
    order: str
    success: Mapping[str, str]
    """The values that say: paid."""
    has_success: bool = False
    """A genuine good callback already has these values."""


@dataclass(frozen=True, kw_only=True)
class Simulator:
    name: str
    api_path: str
    """Where a POS sends its requests, below the simulator's address."""
    three_d_path: str
    """Where the payer's browser posts the form; empty where the bank names it in an answer."""
    apis: Mapping[str, Callable[..., Any]]
    """Path → `(bank, path, body, headers) -> Answer`."""
    gates: Mapping[str, Callable[..., Any]]
    """Path → `(bank, form) -> Answer`."""
    one_time_password: str
    good_card: str
    good_pay_model_card: str = ""
    """Another good one, for a POS that takes the money during 3-D."""
    order_id_limit: int
    """The bank refuses a longer order id."""
    callback: CallbackTerms
    attacks: Mapping[str, Callable[..., None]] = field(default_factory=dict)
    """Attacks that only this bank's messages allow: name → `(callback, earlier)`."""
    spoil_signature: Callable[[bytes], bytes] | None = None
    """A reply with a wrong signature; None where replies have none."""


@cache
def simulators() -> dict[str, Simulator]:
    """By name: every package of this folder."""
    names = [module.name for module in pkgutil.iter_modules(package.__path__) if module.ispkg]
    found = [import_module(f"{package.__name__}.{name}").SIMULATOR for name in names]
    return {simulator.name: simulator for simulator in found}


@cache
def all_pans() -> list[str]:
    """Every card number that the simulator treats specially."""
    good = {
        pan
        for simulator in simulators().values()
        for pan in (simulator.good_card, simulator.good_pay_model_card)
        if pan
    }
    return sorted(good | set(cards.KNOWN_PANS))
