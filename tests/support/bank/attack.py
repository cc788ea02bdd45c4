"""Attacks on the way back: what a payer, or somebody between, can make of a genuine callback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.bank.simulator import Simulator, simulators

if TYPE_CHECKING:
    from tests.support.bank.core import Callback


def tamper(name: str, callback: Callback, earlier: dict[str, str]) -> None:
    """Change `callback` in place; `earlier` is the last genuine callback of the same gateway."""
    simulator = simulators()[callback.gateway]
    if name in simulator.attacks:
        simulator.attacks[name](callback, earlier)
    else:
        COMMON[name](callback, earlier, simulator)


def _flip_field(callback: Callback, earlier: dict[str, str], simulator: Simulator) -> None:
    name = simulator.callback.status
    callback.fields[name] = "0" if callback.fields.get(name) == "1" else "1"


def _no_hash(callback: Callback, earlier: dict[str, str], simulator: Simulator) -> None:
    callback.fields.pop(simulator.callback.signature, None)


def _other_order(callback: Callback, earlier: dict[str, str], simulator: Simulator) -> None:
    callback.fields = dict(earlier) or callback.fields


def _orderid_differs(callback: Callback, earlier: dict[str, str], simulator: Simulator) -> None:
    callback.fields[simulator.callback.order] = "ANOTHER-1"


def _amount(callback: Callback, earlier: dict[str, str], simulator: Simulator) -> None:
    callback.fields[simulator.callback.amount] = "1"


def _success(callback: Callback, earlier: dict[str, str], simulator: Simulator) -> None:
    callback.fields |= simulator.callback.success


def _unsigned_failure(callback: Callback, earlier: dict[str, str], simulator: Simulator) -> None:
    callback.fields = dict(callback.unsigned_failure)
    callback.url = callback.failure_url or callback.url


COMMON = {
    "flip_field": _flip_field,
    "no_hash": _no_hash,
    "other_order": _other_order,
    "orderid_differs": _orderid_differs,
    "amount": _amount,
    "success": _success,
    "unsigned_failure": _unsigned_failure,
}
