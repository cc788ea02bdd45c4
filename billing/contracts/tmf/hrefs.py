"""Base paths of the API. A document's hrefs are below the base path that was called."""

from dataclasses import dataclass
from urllib.parse import quote

from billing.models import Payment, Refund
from billing.poid import payment_poid, refund_poid

PAYMENT_BASES = {"brm/payment/v4": "brm/paymentMethods/v1", "payment/v4": "payment/v4"} | {
    "tmf-api/paymentManagement/v4": "tmf-api/paymentManagement/v4"
}
"""Base paths of payments, and the base path of the payment methods that belong to each."""


@dataclass(frozen=True)
class Base:
    """`host` with its scheme, `path` one of PAYMENT_BASES."""

    host: str
    path: str

    @property
    def url(self) -> str:
        return f"{self.host}/{self.path}"

    @property
    def charges_own_method(self) -> bool:
        """BRM charges the account's own method whichever is named; on TM Forum's paths the named one is charged."""
        return self.path.startswith("brm/")

    def payment(self, payment_id: int) -> str:
        return f"{self.url}/payment/{payment_poid(payment_id)}"

    def refund(self, refund_id: int) -> str:
        return f"{self.url}/refund/{refund_poid(refund_id)}"

    def method(self, name: str) -> str:
        return f"{self.host}/{PAYMENT_BASES[self.path]}/paymentMethod/{quote(name, safe='+')}"

    def subscription(self, key: int) -> str:
        return f"{self.url}/hub/{key}"


def href_of(base: Base, item: Payment | Refund) -> str:
    return base.payment(item.pk) if isinstance(item, Payment) else base.refund(item.pk)
