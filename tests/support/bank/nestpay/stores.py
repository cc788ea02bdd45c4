"""The published sandbox stores."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Store:
    client_id: str
    username: str
    password: str
    store_key: str


STORES = {
    store.client_id: store
    for store in (
        Store("100100000", "AKTESTAPI", "AKBANK01", "123456"),
        Store("700655000200", "ISBANKAPI", "ISBANK07", "TRPS0200"),
        Store("190000300", "ZIRAATAPI", "ZIRAAT19", "TEST1234"),
    )
}
