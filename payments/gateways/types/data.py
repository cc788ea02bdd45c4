"""What goes into a gateway."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn


@dataclass(frozen=True, repr=False)
class CardData:
    """A card for the length of one call. Shows nothing, and refuses to be pickled: no cache, job or
    session.
    """

    number: str
    """Digits only."""
    expiry_month: int
    expiry_year: int
    """Four digits."""
    cvc: str = ""
    holder: str = ""

    @property
    def month(self) -> str:
        return f"{self.expiry_month:02d}"

    @property
    def short_year(self) -> str:
        return f"{self.expiry_year % 100:02d}"

    def __repr__(self) -> str:
        return "<CardData>"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("Card data is not written down.")


@dataclass(frozen=True)
class StoredCard:
    """A card kept at the provider, not with us."""

    token: str = field(repr=False)
    user_key: str = field(default="", repr=False)


@dataclass(frozen=True)
class Payer:
    """Who pays, as far as a gateway asks (iyzico asks for all of it). Personal data: in no repr."""

    ip: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    surname: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    identity_number: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    city: str = field(default="", repr=False)
    country: str = field(default="", repr=False)


@dataclass(frozen=True)
class OrderData:
    """One payment as our row has it. The same values are what the bank's answers are compared with."""

    id: str
    """Unique for the POS, given once and never used for another attempt to take money."""
    amount: Decimal
    currency: str
    installments: int = 1
    payer: Payer = Payer()
    language: str = "tr"
    masked_card: str = ""
    """First six and last four digits at most; only dummypay reads it."""


@dataclass(frozen=True)
class Recurring:
    """A plan that the bank repeats by itself: every `interval` of `cycle`, `payments` times."""

    interval: int
    cycle: str
    """day, week, month or year"""
    payments: int
    start: date | None = None


@dataclass(frozen=True)
class ReturnUrls:
    """Where the bank sends the payer's browser, and where its server sends a copy (if the gateway can)."""

    success: str
    failure: str
    server: str = ""


@dataclass(frozen=True)
class References:
    """The bank's names for what it did; stored with the payment, needed again for void, refund and status."""

    auth_code: str = ""
    host_reference: str = ""
    """NestPay HostRefNum, Garanti RetrefNum."""
    transaction_id: str = ""
    """NestPay TransId, iyzico paymentId."""
    item_id: str = ""
    """iyzico paymentTransactionId."""


@dataclass(frozen=True, kw_only=True)
class StatusQuery:
    """What is asked about, and what we know of it."""

    order: OrderData
    references: References = References()
    last_operation: str = ""
    """The operation that was last tried: sale, start_three_d or complete_three_d. Only dummypay, which
    keeps no books, reads it."""


@dataclass(frozen=True)
class PosAccount:
    """One virtual POS: its checked config with the secrets in clear, and where its bank listens."""

    config: Mapping[str, Any] = field(repr=False)
    api_url: str = ""
    three_d_url: str = ""
    local_key: str = field(default="", repr=False)
    """A key that the caller derives for this POS; signs dummypay's callbacks where its config names none."""
