"""The published sandbox terminals."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Store:
    terminal_id: str
    merchant_id: str = "7000679"
    password: str = "123qweASD/"
    store_key: str = "12345678"


STORES = {terminal: Store(terminal) for terminal in ("30691297", "30691298")}
