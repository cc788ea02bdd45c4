"""Merchants with keys, and the BINs that the contract's sample needs."""

from dataclasses import dataclass

import pytest
from rest_framework.test import APIClient

from tests.support.factories import BankFactory, BinNumberFactory, CardFactory, CardTypeFactory
from vault import services
from vault.models import ApiKey, Merchant

PATH = "/paywall/card/insurance"
SAMPLE = {
    "RelationalId1": "003",
    "RelationalId2": None,
    "RelationalId3": None,
    "Card": {
        "Nickname": "test kartı",
        "HolderName": "Test Kartı",
        "CardBin": "41197901",
        "CardLastFour": "6389",
        "Identity": "17654932298",
        "Month": 11,
        "Year": 2040,
    },
    "IncludeDetails": True,
}


@dataclass
class Shop:
    """A merchant and its back end."""

    merchant: Merchant
    key: ApiKey
    private: str
    client: str

    @property
    def headers(self) -> dict[str, str]:
        return {"apikeyprivate": self.private, "apiclientprivate": self.client}

    @property
    def api(self) -> APIClient:
        return APIClient(headers={**self.headers, "locale": "en-US"})

    def save(self, **change):
        body = {**SAMPLE, **{name: value for name, value in change.items() if name.startswith("Rel")}}
        card = {name: value for name, value in change.items() if not name.startswith("Rel")}
        return self.api.post(PATH, {**body, "Card": {**SAMPLE["Card"], **card}}, format="json")

    def list(self, **ids):
        return self.api.get(PATH, headers=ids or {"relationalid1": "003"})

    def put(self, code, month=1, year=2041):
        body = {"RelationalId1": "003", "UniqueCode": code, "Month": month, "Year": year}
        return self.api.put(PATH, body, format="json")

    def delete(self, code):
        return self.api.delete(PATH, {"RelationalId1": "003", "UniqueCode": code}, format="json")


def make_shop(name: str, **key) -> Shop:
    merchant = services.merchants.create(name=name)
    issued = services.keys.issue(merchant=merchant, **key)
    return Shop(merchant, issued.key, issued.private, issued.client)


@pytest.fixture
def shop(db) -> Shop:
    return make_shop("Ayşe's shop")


@pytest.fixture
def rival(db) -> Shop:
    """Another merchant, who must see nothing of the first one's."""
    return make_shop("Rival")


def make_bins(channel) -> dict[str, int]:
    bank = BankFactory(channel=channel, name="VakıfBank")
    world = CardTypeFactory(channel=channel, name="World")
    network = CardTypeFactory(channel=channel, name="Mastercard Commercial")
    BinNumberFactory(bin_number="41197901", card=CardFactory(channel=channel, bank=bank, card_type=world))
    commercial = CardFactory(
        channel=channel, bank=bank, card_type=network, card_payment_type="prepaid", is_commerce_card=True
    )
    BinNumberFactory(bin_number="555555", card=commercial)
    return {"bank": bank.pk, "family": world.pk}
