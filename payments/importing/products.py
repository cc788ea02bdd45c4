"""Network, type and category of a BIN list → card type and payment type."""

import re
from dataclasses import dataclass
from functools import lru_cache

from config.kit.lib.turkish import ascii_turkish
from payments.importing.names import slug_of
from payments.models import CardPaymentType

_NETWORKS = {
    "AMEX": "American Express",
    "CHINA UNION PAY": "UnionPay",
    "CHINA UNIONPAY": "UnionPay",
    "DINERS CLUB INTERNATIONAL": "Diners Club",
    "JCB": "JCB",
    "UATP": "UATP",
    "UNION PAY": "UnionPay",
    "UNIONPAY": "UnionPay",
}
_TYPES = {
    "CREDIT": CardPaymentType.CREDIT,
    "CHARGE": CardPaymentType.CREDIT,
    "CHARGE CARD": CardPaymentType.CREDIT,
    "DEBIT": CardPaymentType.DEBIT,
    "PREPAID": CardPaymentType.PREPAID,
    "KREDI": CardPaymentType.CREDIT,
    "KREDI KARTI": CardPaymentType.CREDIT,
    "BANKA KARTI": CardPaymentType.DEBIT,
    "ON ODEMELI": CardPaymentType.PREPAID,
    "ON ODEMELI KART": CardPaymentType.PREPAID,
}
_COMMERCIAL = re.compile(r"\b(?:BUSINESS|COMMERCIAL|CORPORATE|PURCHASING|B2B|FLEET|TICARI|KURUMSAL)\b")
_PREPAID = re.compile(r"\b(?:PREPAID|ON ODEMELI)\b")


@dataclass(frozen=True)
class Product:
    """`payment_type` is empty where the list's type says nothing that we know."""

    card_type: str
    card_type_slug: str
    payment_type: str
    is_commercial: bool


@lru_cache(maxsize=10_000)
def classify_product(network: str, kind: str, category: str) -> Product:
    """Commercial categories make a card type of their own: bank, card type and payment type are a unique set.

    A prepaid category goes before the list's type, which calls those cards debit. An empty type is not
    guessed: which POS takes the money depends on it.
    """
    network = " ".join(network.upper().split())
    kind, category = (" ".join(ascii_turkish(text).upper().split()) for text in (kind, category))
    name = _NETWORKS.get(network) or network.title()
    is_commercial = bool(_COMMERCIAL.search(category))
    if name and is_commercial:
        name = f"{name} Commercial"
    payment_type = CardPaymentType.PREPAID if _PREPAID.search(category) else _TYPES.get(kind, "")
    return Product(name, slug_of(name), str(payment_type), is_commercial)
