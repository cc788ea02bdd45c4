"""What comes out of a gateway."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from payments.gateways.types.data import References
from payments.gateways.types.words import TEXTS, OrderState, Outcome, Reason


@dataclass(frozen=True)
class ThreeDForm:
    """The form that the payer's browser posts to the bank. Its inputs may hold the card: in no repr, no
    table.
    """

    method: str
    action: str
    inputs: dict[str, str] = field(repr=False)


@dataclass(frozen=True)
class ThreeDProof:
    """What the completion needs of an authentication. Single use."""

    md: str = field(default="", repr=False)
    xid: str = field(default="", repr=False)
    eci: str = ""
    cavv: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class GatewayResult:
    """How one call ended and what the bank said, comparable with our row."""

    outcome: Outcome
    reason: Reason = Reason.NONE
    order_id: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    installments: int | None = None
    references: References = References()
    raw_code: str = ""
    """The bank's own code: `00`, `51`, `CORE-2508`, `92/0651`, `10051`."""
    bank_text: str = ""
    """The bank's own words, for operators only."""
    masked_card: str = ""
    signature_valid: bool | None = None
    """The message is authentic; None where the protocol does not sign it."""
    three_d_ok: bool | None = None
    """The policy on mdStatus; None where no 3-D was part of it."""
    payment_approved: bool | None = None
    """Money moved; None where this message cannot tell."""
    mismatches: tuple[str, ...] = ()
    """The fields in which the bank's answer differs from our row."""
    form: ThreeDForm | None = None

    @property
    def text(self) -> str:
        """A sentence that may be shown to the payer; an English msgid."""
        return TEXTS[self.reason]


@dataclass(frozen=True, kw_only=True)
class CallbackResult(GatewayResult):
    """A message that came back through the payer's browser or from the bank's server."""

    md_status: str | None = None
    provision_required: bool = False
    """Authenticated, not paid: `complete_three_d` must be called with this result."""
    refused: bool = False
    """The message says no in words of its own. A missing yes is no no: values of a success can be moved to
    other names without breaking some hashes, and a charge must not be lost by that."""
    proof: ThreeDProof = ThreeDProof()
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class StatusResult(GatewayResult):
    """What the bank's books say. `outcome` tells of the question: APPROVED where the bank answered it about
    our order, else UNKNOWN or NOT_SENT; `state` tells of the order and is UNKNOWN with those two."""

    state: OrderState = OrderState.UNKNOWN
    captured_amount: Decimal | None = None
    refunded_amount: Decimal | None = None
    """None where the gateway does not tell; the row's own sum stands then."""
