"""What goes into a gateway and what comes out of it: enumerations and frozen dataclasses.

Amounts are Decimals in major units with an ISO 4217 code beside them. What a bank did not say is None (or
"" for a text), never a guess. Card data and secrets are in no repr.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NoReturn


class Outcome(StrEnum):
    """How a call of a gateway ended."""

    APPROVED = "approved"
    """The bank says so, authentically, about our order, amount, currency and installments."""
    DECLINED = "declined"
    """The bank says so with a code that we know: nothing was moved by this call."""
    NEEDS_ACTION = "needs_action"
    """The payer must do something (3-D form), or the completion must be called."""
    NOT_SENT = "not_sent"
    """Provably nothing left this machine. The only outcome after which another POS may be tried."""
    UNKNOWN = "unknown"
    """Anything else. Ask `status` before doing anything that moves money."""


class Capability(StrEnum):
    SALE = "sale"
    STORED_CARD_SALE = "stored_card_sale"
    THREE_D = "three_d"
    VOID = "void"
    REFUND = "refund"
    PARTIAL_REFUND = "partial_refund"
    STATUS = "status"


class OrderState(StrEnum):
    """Where an order stands at the bank."""

    NOT_FOUND = "not_found"
    PENDING = "pending"
    THREE_D_OPEN = "three_d_open"
    """3-D Secure is not completed: the bank has not been asked for the money, or has not got that request."""
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"
    DECLINED = "declined"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a call ended as it did, in words that every gateway shares."""

    NONE = ""
    REFUSED = "refused"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED_CARD = "expired_card"
    INVALID_CARD = "invalid_card"
    INVALID_CVC = "invalid_cvc"
    NOT_PERMITTED = "not_permitted"
    LIMIT_EXCEEDED = "limit_exceeded"
    SUSPECTED_FRAUD = "suspected_fraud"
    THREE_D_FAILED = "three_d_failed"
    INSTALLMENTS_NOT_ALLOWED = "installments_not_allowed"
    DUPLICATE_ORDER = "duplicate_order"
    NOT_FOUND = "not_found"
    NOT_SETTLED = "not_settled"
    """A refund came before the end of the day: the bank wants a void."""
    NOT_VOIDABLE = "not_voidable"
    """A void came after the end of the day (or twice): the bank wants a refund."""
    EXCEEDS_CAPTURED = "exceeds_captured"
    MISCONFIGURED = "misconfigured"
    UNDER_REVIEW = "under_review"
    NOT_REACHED = "not_reached"
    ADDRESS_REFUSED = "address_refused"
    """The POS points at a host that is not allowed; nothing was sent."""
    NO_ANSWER = "no_answer"
    UNREADABLE = "unreadable"
    NOT_AUTHENTIC = "not_authentic"
    MISMATCH = "mismatch"
    UNEXPECTED_CODE = "unexpected_code"


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
    are_addresses_allowed: bool = True
    """False: no operation sends anything, and no form is made."""
    local_key: str = field(default="", repr=False)
    """A key that the caller derives for this POS; signs dummypay's callbacks where its config names none."""


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


@dataclass(frozen=True, kw_only=True)
class CallbackResult(GatewayResult):
    """A message that came back through the payer's browser or from the bank's server."""

    md_status: str | None = None
    provision_required: bool = False
    """Authenticated, not paid: `complete_three_d` must be called with this result."""
    refused: bool = False
    """The message says no in words of its own. A missing yes is no no: values of a success can be moved to
    other names without breaking some hashes, and a charge must not be lost by that."""
    refusal_is_unsigned: bool = False
    """The message says no, but its hash leaves out the result: the bank must be queried."""
    claims_money: bool = False
    """An authentic message says that money moved, whatever else in it differs from our row."""
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
