"""The base class, which is the manual of what a gateway does."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

import httpx

from config.kit.lib import money
from payments.gateways.base.config import GatewayConfig
from payments.gateways.base.errors import (
    NoAnswerError,
    NotAuthenticError,
    NotSentError,
    UnreadableAnswerError,
    UnsupportedOperationError,
)
from payments.gateways.base.values import compare, differences
from payments.gateways.types import (
    CallbackResult,
    Capability,
    CardData,
    GatewayResult,
    OrderData,
    Outcome,
    PosAccount,
    Reason,
    References,
    ReturnUrls,
    StatusQuery,
    StatusResult,
    StoredCard,
)
from payments.gateways.wire.forms import read_form


class Gateway:
    """Base of all gateways, one package each with gateway.py, config.py, messages.py, signature.py, codes.py.

    A manual for both sides:

    * An instance serves one POS and lives as short as you like: `NestPayGateway(account, http)`. `http` is
      the outbound client of `config.kit.lib.http`; its time-outs are the caller's choice. One request is sent
      at most once: no gateway retries.
    * Ask `can` before you call. An operation that the gateway lacks raises UnsupportedOperationError.
    * Every operation returns a result and raises only for the caller's own mistakes, before anything is sent
      (ValueError: an amount that the currency cannot hold, an order id that the bank would cut). Time-outs,
      unreadable answers and unexpected codes are Outcome.UNKNOWN; NOT_SENT only where no byte of the
      request can have left.
    * The caller writes and commits before the call, holds no transaction or row lock during it, and writes
      after it.
    * A gateway compares every answer with the OrderData it was called with and returns the differences in
      `mismatches`; a result with one is never APPROVED or DECLINED.
    * A gateway never logs, never keeps the card, and never puts card data or secrets into an exception.

    To add one: a package with the five modules, a line in `registry.py`, and
    `tests/payments/gateways/test_contract` runs over it.
    """

    path: ClassVar[str]
    """The dotted name on the wire and in the database, for example
    `omnicore.libs.payment_gateways.gpay.GPayGateway`. Data, never imported."""

    config_class: ClassVar[type[GatewayConfig]]

    is_operable: ClassVar[bool] = True
    is_rehearsal: ClassVar[bool] = False
    """No bank stands behind it: whoever "pays" on it has paid nothing. Refused in production."""
    """False: a POS on it can be stored, and charging on it is a clear error."""

    capabilities: ClassVar[frozenset[Capability]] = frozenset()

    amount_format: ClassVar[money.AmountFormat] = money.AmountFormat.MAJOR
    """How this gateway writes amounts in its requests."""

    order_id_max_length: ClassVar[int] = 32

    currencies: ClassVar[frozenset[str]] = frozenset({"TRY", "USD", "EUR", "GBP"})

    def __init__(self, account: PosAccount, http: httpx.Client) -> None:
        self.account = account
        self.config = account.config
        self._http = http

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    @classmethod
    def short_name(cls) -> str:
        """The module part of the path: `gpay`."""
        return cls.path.split(".")[-2]

    @classmethod
    def display(cls) -> str:
        """What the contract prints as `gateway_display`: `Gpay`."""
        return cls.short_name().capitalize()

    # What the billing app calls

    def can(self, capability: Capability) -> bool:
        """Whether this POS offers it; may depend on its config."""
        return capability in self.capabilities

    def sale(self, order: OrderData, card: CardData) -> GatewayResult:
        """Take the money without 3-D. APPROVED, DECLINED, NOT_SENT or UNKNOWN."""
        self._require(Capability.SALE)
        self.check_order(order)
        return self._guarded(order, lambda: self._sale(order, card))

    def sale_with_stored_card(self, order: OrderData, card: StoredCard) -> GatewayResult:
        """As `sale`, on a card that the provider keeps."""
        self._require(Capability.STORED_CARD_SALE)
        self.check_order(order)
        return self._guarded(order, lambda: self._sale_with_stored_card(order, card))

    def start_three_d(self, order: OrderData, card: CardData, urls: ReturnUrls) -> GatewayResult:
        """NEEDS_ACTION with the `form` that the payer's browser posts; no money moves yet.

        NestPay, Garanti and dummypay send nothing here; iyzico is called, so the other outcomes are
        possible, too.
        """
        self._require(Capability.THREE_D)
        self.check_order(order)
        return self._guarded(order, lambda: self._start_three_d(order, card, urls))

    @staticmethod
    def read_callback(body: bytes) -> dict[str, str]:
        """The fields of a callback's raw body (or of the query string of a GET). Raises ValueError."""
        return read_form(body)

    def verify_callback(self, fields: Mapping[str, str], order: OrderData) -> CallbackResult:
        """Judge a callback: pure, nothing is sent. The URL it arrived at proves nothing: same call for both.

        `signature_valid`, `three_d_ok` and `payment_approved` are separate; `outcome` sums them up:
        APPROVED (money moved), NEEDS_ACTION (`complete_three_d` must follow), DECLINED (an authentic no),
        and UNKNOWN for everything unsigned, forged or about another order: it changes nothing, ask `status`.
        """
        self._require(Capability.THREE_D)
        result = self._verify_callback(fields)
        result = replace(result, mismatches=self._callback_mismatches(result, fields, order))
        return replace(result, **self._judge(result))

    def complete_three_d(self, order: OrderData, callback: CallbackResult) -> GatewayResult:
        """Take the money that the payer has just confirmed; at most once for each callback.

        Raises ValueError unless `callback` is authentic, about this order and asks for it.
        """
        self._require(Capability.THREE_D)
        if callback.outcome is not Outcome.NEEDS_ACTION or not callback.provision_required:
            raise ValueError("This callback does not ask for a completion.")
        self.check_order(order)
        return self._guarded(order, lambda: self._complete_three_d(order, callback))

    def void(self, order: OrderData, references: References) -> GatewayResult:
        """Take back the whole of a payment before settlement. DECLINED with NOT_VOIDABLE after it."""
        self._require(Capability.VOID)
        return self._guarded(order, lambda: self._void(order, references))

    def refund(self, order: OrderData, references: References, amount: Decimal) -> GatewayResult:
        """Give `amount` back after settlement. DECLINED with NOT_SETTLED before it, EXCEEDS_CAPTURED above
        it.
        """
        self._require(Capability.REFUND if amount == order.amount else Capability.PARTIAL_REFUND)
        if not 0 < amount <= order.amount:
            raise ValueError("A refund is above nothing and at most the payment.")
        refunded = replace(order, amount=amount)
        self.check_order(refunded)
        return self._guarded(refunded, lambda: self._refund(refunded, references))

    def status(self, query: StatusQuery) -> StatusResult:
        """Ask the bank's books. Moves nothing, may be asked any number of times."""
        self._require(Capability.STATUS)
        try:
            return self._status(query)
        except (NotSentError, NoAnswerError, UnreadableAnswerError) as error:
            return StatusResult(**_failure(error))

    # What a gateway implements

    def _sale(self, order: OrderData, card: CardData) -> GatewayResult:
        raise NotImplementedError

    def _sale_with_stored_card(self, order: OrderData, card: StoredCard) -> GatewayResult:
        raise NotImplementedError

    def _start_three_d(self, order: OrderData, card: CardData, urls: ReturnUrls) -> GatewayResult:
        raise NotImplementedError

    def _verify_callback(self, fields: Mapping[str, str]) -> CallbackResult:
        """The three checks and what the message says; `outcome` and `mismatches` are filled in by the
        caller.
        """
        raise NotImplementedError

    def _complete_three_d(self, order: OrderData, callback: CallbackResult) -> GatewayResult:
        raise NotImplementedError

    def _void(self, order: OrderData, references: References) -> GatewayResult:
        raise NotImplementedError

    def _refund(self, order: OrderData, references: References) -> GatewayResult:
        """`order.amount` is what is given back."""
        raise NotImplementedError

    def _status(self, query: StatusQuery) -> StatusResult:
        raise NotImplementedError

    # What they share

    def check_order(self, order: OrderData) -> None:
        """Raises ValueError for what this bank would refuse, round or cut."""
        if order.amount <= 0:
            raise ValueError("The amount must be above zero.")
        money.to_minor(order.amount, order.currency)
        if order.currency not in self.currencies:
            raise ValueError(f"{self.display()} does not take {order.currency}.")
        if not 1 <= order.installments <= 99:
            raise ValueError("Installments must be from 1 to 99.")
        if not (order.id.isascii() and order.id.replace("-", "").isalnum()):
            raise ValueError("An order id consists of letters, digits and hyphens.")
        if len(order.id) > self.order_id_max_length:
            raise ValueError(f"An order id has at most {self.order_id_max_length} characters.")

    def _require(self, capability: Capability) -> None:
        if not self.is_operable or not self.can(capability):
            raise UnsupportedOperationError(f"{self.display()} has no {capability}.")

    def _guarded(self, order: OrderData, call: Callable[[], GatewayResult]) -> GatewayResult:
        try:
            return compare(call(), order)
        except (NotSentError, NoAnswerError, UnreadableAnswerError) as error:
            return GatewayResult(**_failure(error))

    def _post(self, url: str, content: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """Send once. A redirect or a server's error is no answer: the money may have moved behind it."""
        try:
            response = self._http.post(url, content=content, headers=dict(headers))
        except (httpx.ConnectError, httpx.UnsupportedProtocol, httpx.InvalidURL):
            raise NotSentError from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise NoAnswerError(type(error).__name__) from None
        if response.is_redirect or response.status_code >= 500:
            raise UnreadableAnswerError(f"HTTP {response.status_code}")
        return response

    def _callback_mismatches(
        self, result: CallbackResult, fields: Mapping[str, str], order: OrderData
    ) -> tuple[str, ...]:
        """The fields of a callback that are not our row's; a callback must name the order."""
        missing = ("order_id",) if result.order_id is None else ()
        return missing + differences(result, order)

    @staticmethod
    def _judge(result: CallbackResult) -> dict[str, Any]:
        """Outcome, reason and provision_required of a callback, from its three checks and its differences."""
        unknown: dict[str, Any] = {"outcome": Outcome.UNKNOWN, "provision_required": False}
        if not result.signature_valid:
            return {**unknown, "reason": Reason.NOT_AUTHENTIC}
        if result.mismatches:
            return {**unknown, "reason": Reason.MISMATCH, "payment_approved": False}
        if result.payment_approved and result.three_d_ok:
            return {"outcome": Outcome.APPROVED, "reason": Reason.NONE}
        if result.payment_approved:  # taken by the bank although this POS does not accept the mdStatus
            return {**unknown, "reason": Reason.THREE_D_FAILED}
        if result.provision_required:
            return {"outcome": Outcome.NEEDS_ACTION, "reason": Reason.NONE}
        if not result.refused:
            return {**unknown, "reason": Reason.UNEXPECTED_CODE}
        if not result.three_d_ok:
            return {"outcome": Outcome.DECLINED, "reason": Reason.THREE_D_FAILED}
        return {"outcome": result.outcome, "reason": result.reason}


def _failure(error: Exception) -> dict[str, Any]:
    if isinstance(error, NotSentError):
        return {"outcome": Outcome.NOT_SENT, "reason": Reason.NOT_REACHED}
    if isinstance(error, NotAuthenticError):
        known: dict[str, Any] = {"reason": Reason.NOT_AUTHENTIC, "signature_valid": False}
    else:
        known = {"reason": Reason.NO_ANSWER if isinstance(error, NoAnswerError) else Reason.UNREADABLE}
    return {"outcome": Outcome.UNKNOWN, "bank_text": str(error), **known}
