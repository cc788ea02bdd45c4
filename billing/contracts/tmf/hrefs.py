"""Base paths of the API. A document's hrefs are below the base path that was called."""

from dataclasses import dataclass
from urllib.parse import quote

from billing.models import Payment, Refund
from billing.poid import payment_poid, refund_poid

PAYMENT_BASES = ("brm/payment/v4", "payment/v4", "tmf-api/paymentManagement/v4")
"""Base paths of payments (TMF676). Payment methods are below each of them, too."""

_METHODS_OF = {"brm/payment/v4": "brm/paymentMethods/v1"}
"""Where the payment methods of a base path are, if not below itself."""

_PAYMENTS_OF = {
    "brm/paymentMethods/v1": "brm/payment/v4",
    "tmf-api/paymentMethod/v4": "tmf-api/paymentManagement/v4",
    "tmf-api/paymentMethodManagement/v4": "tmf-api/paymentManagement/v4",
}
METHOD_BASES = tuple(_PAYMENTS_OF)
"""Base paths of payment methods alone (TMF670)."""

BASES = (*PAYMENT_BASES, *METHOD_BASES)


@dataclass(frozen=True)
class Base:
    """`host` with its scheme, `path` one of BASES."""

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
        return f"{self._payments}/payment/{payment_poid(payment_id)}"

    def refund(self, refund_id: int) -> str:
        return f"{self._payments}/refund/{refund_poid(refund_id)}"

    def method(self, name: str) -> str:
        path = _METHODS_OF.get(self.path, self.path)
        return f"{self.host}/{path}/paymentMethod/{quote(name, safe='+')}"

    def subscription(self, key: int) -> str:
        return f"{self.url}/hub/{key}"

    @property
    def _payments(self) -> str:
        return f"{self.host}/{_PAYMENTS_OF.get(self.path, self.path)}"


def href_of(base: Base, item: Payment | Refund) -> str:
    return base.payment(item.pk) if isinstance(item, Payment) else base.refund(item.pk)
