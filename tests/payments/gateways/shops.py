"""POS of every operable gateway for tests: on the bank simulator's stores, and orders and cards to pay
with.
"""

import itertools
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from payments.gateways.base.gateway import Gateway
from payments.gateways.dummypay.gateway import DummyPayGateway
from payments.gateways.garanti.gateway import GarantiGateway
from payments.gateways.iyzico.gateway import IyzicoGateway
from payments.gateways.nestpay.gateway import NestPayGateway
from payments.gateways.types import CardData, OrderData, Payer, PosAccount, ReturnUrls
from tests.support.bank.cards import GOOD

URLS = ReturnUrls("https://shop.example/3d/ok", "https://shop.example/3d/fail")

NESTPAY = {
    "username": "AKTESTAPI",
    "store_key": "123456",
    "password": "AKBANK01",
    "client_id": "100100000",
    "store_type": "3d",
    "accept_half_secure": False,
    "mode": "TEST",
}
GARANTI = {
    "merchant_id": "7000679",
    "terminal_id": "30691298",
    "prov_user": "PROVAUT",
    "prov_password": "123qweASD/",
    "refund_user": "PROVRFN",
    "refund_password": "123qweASD/",
    "store_key": "12345678",
    "security_level": "3D",
    "accept_half_secure": False,
    "mode": "TEST",
}
IYZICO = {
    "api_key": "sandbox-api-key",
    "secret_key": "sandbox-secret-key",
    "accept_half_secure": False,
    "mode": "TEST",
}
DUMMYPAY = {"three_d_enabled": True, "fail_on_refund": False, "fail_on_void": False, "auth": {}}


@dataclass(frozen=True)
class Shop:
    gateway: type[Gateway]
    config: dict[str, Any]
    api_path: str
    three_d_path: str

    def open(self, base_url: str, http: httpx.Client, **config: Any) -> Gateway:
        account = PosAccount(
            config={**self.config, **config},
            api_url=base_url + self.api_path,
            three_d_url=base_url + self.three_d_path,
            local_key="local-key-of-this-pos",
        )
        return self.gateway(account, http)


SHOPS = {
    "nestpay": Shop(NestPayGateway, NESTPAY, "/fim/api", "/fim/est3Dgate"),
    "garanti": Shop(GarantiGateway, GARANTI, "/VPServlet", "/servlet/gt3dengine"),
    "iyzico": Shop(IyzicoGateway, IYZICO, "", ""),
    "dummypay": Shop(DummyPayGateway, DUMMYPAY, "", "/dummypay/3d"),
}
BANKS = ("nestpay", "garanti", "iyzico")

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


def card(number: str = "4111111111111111") -> CardData:
    return CardData(number=number, expiry_month=12, expiry_year=2030, cvc="123", holder="AYSE YILMAZ")


def good_card(gateway: str) -> CardData:
    return card(GOOD.get(gateway, "4111111111111111"))
