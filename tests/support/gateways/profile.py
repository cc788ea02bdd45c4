"""What a profile says, and orders and cards to pay with."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx

from payments.gateways.base.gateway import Gateway
from payments.gateways.types import CardData, OrderData, Payer, PosAccount, Reason, ReturnUrls
from tests.support.bank.simulator import Simulator

URLS = ReturnUrls("https://shop.example/3d/ok", "https://shop.example/3d/fail")
GOOD_CARD = "4111111111111111"

_numbers = itertools.count(1)


def order(**fields: Any) -> OrderData:
    payer = Payer(ip="192.0.2.10", name="Ayşe", surname="Yılmaz", email="ayse@example.com")
    known = {
        "id": f"ORDER{next(_numbers):06d}",
        "amount": Decimal("100.25"),
        "currency": "TRY",
        "payer": payer,
    }
    return OrderData(**{**known, **fields})


def card(number: str = GOOD_CARD) -> CardData:
    return CardData(number=number, expiry_month=12, expiry_year=2030, cvc="123", holder="AYSE YILMAZ")


@dataclass(frozen=True, kw_only=True)
class ThreeDModel:
    """One way in which a POS of the gateway can do 3-D."""

    config: Mapping[str, Any] = field(default_factory=dict)
    """Beside the profile's config."""
    good_card: str = GOOD_CARD
    """Different for each model of the proof: the card's BIN chooses the POS."""
    completes: bool = True
    """The callback authenticates only, and the money is taken by `complete_three_d`."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    gateway: type[Gateway]
    config: Mapping[str, Any]
    secrets: frozenset[str]
    """The fields of `config` that nobody may read, written down by hand."""
    public: frozenset[str] = frozenset()
    """Fields of `config` that are named like a secret and are none."""
    simulator: Simulator | None
    """Who plays the bank; None for a simulated gateway."""
    three_d_models: tuple[ThreeDModel, ...] = (ThreeDModel(),)
    one_time_password: str = ""
    """Of the 3-D page of a simulated gateway."""

    has_day_rule: bool = False
    """Voids before settlement only, refunds after it only, and a second sale of one order is refused."""
    completion_has_amount: bool = False
    """The bank compares the amount of a completion with the one that was authenticated."""
    duplicate_reason: Reason = Reason.UNEXPECTED_CODE
    """Of a completion that is sent again."""
    form_amount: str = ""
    """The amount's input in the 3-D form, which its hash covers; empty where the form has none."""

    approved_alone: tuple[bytes, ...] = ()
    """Replies that say approved and lack what ties them to the order: ids, signature, baskets."""
    badly_signed: Callable[[OrderData], dict[str, bytes]] = lambda order: {}
    """By name: replies about the order that are whole but for a missing or wrong signature."""
    inconclusive: Mapping[str, bytes] = field(default_factory=dict)
    """By name: refusals with a code that does not say whether money moved."""
    refusal: Callable[[OrderData, str], bytes] | None = None
    """An authentic refusal of the order with this text of the bank."""
    unsigned_callbacks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By name: callbacks about the order `X` that say paid, without a signature."""

    @property
    def good_card(self) -> CardData:
        return card(self.three_d_models[0].good_card)

    @property
    def otp(self) -> str:
        return self.simulator.one_time_password if self.simulator else self.one_time_password

    @property
    def api_path(self) -> str:
        return self.simulator.api_path if self.simulator else ""

    @property
    def three_d_path(self) -> str:
        return self.simulator.three_d_path if self.simulator else "/dummypay/3d"

    def open(self, base_url: str, http: httpx.Client | None, **config: Any) -> Gateway:
        """The gateway on a POS whose bank listens at `base_url`; without a client for what sends nothing."""
        account = PosAccount(
            config={**self.config, **config},
            api_url=base_url + self.api_path,
            three_d_url=base_url + self.three_d_path,
            local_key="local-key-of-this-pos",
        )
        return self.gateway(account, http or httpx.Client())
