"""The base class of all gateways, and the manual for writing and calling one."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

import httpx

from config.kit.lib import money
from config.kit.lib.http import PrivateAddressError
from payments.gateways.base import secrets
from payments.gateways.base.callbacks import judge
from payments.gateways.base.config import GatewayConfig
from payments.gateways.base.errors import (
    AddressRefusedError,
    NoAnswerError,
    NotAuthenticError,
    NotSentError,
    UnreadableAnswerError,
    UnsupportedOperationError,
)
from payments.gateways.base.values import compare, differences, readable
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

R = TypeVar("R", bound=GatewayResult)
T = TypeVar("T")


class Gateway:
    """Base of all gateways. Each is a package with gateway.py, config.py, messages.py, signature.py and codes.py.

    Rules for callers and implementations:

    * A gateway translates: config and dataclasses in, dataclasses out. It knows no ORM, no settings and no
      request.
    * An instance serves one POS: `NestPayGateway(account, http)`. `http` is a client of `config.kit.lib.http`;
      its time-outs are the caller's choice. Each request is sent at most once: no gateway retries.
    * Ask `can` before you call. An operation that the gateway lacks raises UnsupportedOperationError.
    * Every operation returns a result. It raises only for mistakes of the caller, before anything is sent
      (ValueError: an amount that the currency cannot hold, an order id that the bank would cut). Time-outs,
      unreadable answers and unexpected codes are Outcome.UNKNOWN; NOT_SENT only where no byte of the request
      can have left.
    * The caller commits its attempt before the call, holds no transaction or row lock during it, and writes the
      result after it.
    * Every answer is compared with the OrderData of the call. A result with `mismatches` is never APPROVED or
      DECLINED.
    * A gateway never logs, never keeps the card, and never puts card data or secrets into an exception.

    docs/new-gateway.md lists the steps to add one.
    """

    path: ClassVar[str]
    """The dotted name on the wire and in the database, for example
    `omnicore.libs.payment_gateways.gpay.GPayGateway`. It is data and never imported."""

    name: ClassVar[str]
    """The bank's or provider's name as people write it: `Garanti BBVA`."""

    config_class: ClassVar[type[GatewayConfig]]

    is_operable: ClassVar[bool] = True
    """False: a POS on it can be stored, but charging on it is an error."""

    is_simulated: ClassVar[bool] = False
    """True: there is no bank and no money moves. Refused in production."""

    capabilities: ClassVar[frozenset[Capability]] = frozenset()
    """Every operation that the gateway has, one by one."""

    callback_keeps: ClassVar[frozenset[str]] = frozenset()
    """Names of callback fields, in lower case, whose values are stored. All others are stored by their names only:
    card data that the bank echoes, the proof of an authentication, which is worth money until it is used, and
    whatever else arrives."""

    start_calls_bank: ClassVar[bool] = False
    """True: `start_three_d` sends a request, so that all outcomes are possible. False: it only builds the form."""

    hosts: ClassVar[frozenset[str]] = frozenset()
    """Host names of the bank's test and live systems, in lower case. A POS may point only at them and at those that an
    administrator allows (GATEWAY_HOSTS_ALLOWED)."""

    signs_replies: ClassVar[bool] = True
    """False only where the protocol has no signature on the replies of its API."""

    order_id_max_length: ClassVar[int] = 32
    """The longest order id that the bank keeps whole."""

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
        """What the Omnitron contract prints as `gateway_display`: `Gpay`."""
        return cls.short_name().capitalize()

    # What callers use

    def can(self, capability: Capability) -> bool:
        """Whether this POS offers it. May depend on its config."""
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

        The other outcomes are possible where `start_calls_bank` is set.
        """
        self._require(Capability.THREE_D)
        self.check_order(order)
        return self._guarded(order, lambda: self._start_three_d(order, card, urls))

    @staticmethod
    def read_callback(body: bytes) -> dict[str, str]:
        """The fields of a callback's raw body (or of the query string of a GET). Raises ValueError."""
        return read_form(body)

    def verify_callback(self, fields: Mapping[str, str], order: OrderData) -> CallbackResult:
        """Judge a callback without sending anything. The URL at which it arrived proves nothing.

        `signature_valid`, `three_d_ok` and `payment_approved` are separate checks; `outcome` sums them up:
        APPROVED (money moved), NEEDS_ACTION (call `complete_three_d`), DECLINED (an authentic refusal), and
        UNKNOWN for whatever is unsigned, forged or about another order: it changes nothing, ask `status`.
        """
        self._require(Capability.THREE_D)
        result = self._verify_callback(fields)
        result = replace(
            result,
            mismatches=self._callback_mismatches(result, fields, order),
            claims_money=result.signature_valid is True and result.payment_approved is True,
        )
        return self._without_secrets(replace(result, **judge(result)))

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
        """Cancel the whole payment before settlement. DECLINED with NOT_VOIDABLE after it."""
        self._require(Capability.VOID)
        return self._guarded(order, lambda: self._void(order, references))

    def refund(self, order: OrderData, references: References, amount: Decimal) -> GatewayResult:
        """Refund `amount` after settlement. DECLINED with NOT_SETTLED before it, EXCEEDS_CAPTURED above what was
        captured.
        """
        self._require(Capability.REFUND if amount == order.amount else Capability.PARTIAL_REFUND)
        if not 0 < amount <= order.amount:
            raise ValueError("A refund must be above zero and at most the amount of the payment.")
        refunded = replace(order, amount=amount)
        self.check_order(refunded)
        return self._guarded(refunded, lambda: self._refund(refunded, references))

    def status(self, query: StatusQuery) -> StatusResult:
        """Ask what the bank has booked. Moves no money and may be repeated."""
        self._require(Capability.STATUS)
        try:
            self._check_addresses()
            return self._without_secrets(self._status(query))
        except (NotSentError, NoAnswerError, UnreadableAnswerError) as error:
            return self._without_secrets(StatusResult(**_failure(error)))

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

    # What a gateway implements

    def _sale(self, order: OrderData, card: CardData) -> GatewayResult:
        raise NotImplementedError

    def _sale_with_stored_card(self, order: OrderData, card: StoredCard) -> GatewayResult:
        raise NotImplementedError

    def _start_three_d(self, order: OrderData, card: CardData, urls: ReturnUrls) -> GatewayResult:
        raise NotImplementedError

    def _verify_callback(self, fields: Mapping[str, str]) -> CallbackResult:
        """The three checks and what the message says. The caller fills in `outcome` and `mismatches`."""
        raise NotImplementedError

    def _callback_mismatches(
        self, result: CallbackResult, fields: Mapping[str, str], order: OrderData
    ) -> tuple[str, ...]:
        """The fields of a callback that differ from our order. A callback must name the order."""
        missing = ("order_id",) if result.order_id is None else ()
        return missing + differences(result, order)

    def _complete_three_d(self, order: OrderData, callback: CallbackResult) -> GatewayResult:
        raise NotImplementedError

    def _void(self, order: OrderData, references: References) -> GatewayResult:
        raise NotImplementedError

    def _refund(self, order: OrderData, references: References) -> GatewayResult:
        """`order.amount` is the amount to refund."""
        raise NotImplementedError

    def _status(self, query: StatusQuery) -> StatusResult:
        raise NotImplementedError

    # What implementations use

    def _exchange(
        self, url: str, content: bytes, headers: Mapping[str, str], read: Callable[[bytes], T]
    ) -> T:
        """Send once, and `read` the body of the answer.

        A redirect or a server error is not an answer: the money may have moved all the same. Raises NotSentError,
        NoAnswerError and UnreadableAnswerError.
        """
        try:
            response = self._http.post(url, content=content, headers=dict(headers))
        except PrivateAddressError:
            raise AddressRefusedError from None
        except (
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.PoolTimeout,
            httpx.UnsupportedProtocol,
            httpx.InvalidURL,
        ):
            raise NotSentError from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise NoAnswerError(type(error).__name__) from None
        if response.is_redirect or response.status_code >= 500:
            raise UnreadableAnswerError(f"HTTP {response.status_code}")
        return readable(lambda: read(response.content))

    # What stays here

    def _require(self, capability: Capability) -> None:
        if not self.is_operable or not self.can(capability):
            raise UnsupportedOperationError(f"{self.display()} has no {capability}.")

    def _check_addresses(self) -> None:
        """Also before a 3-D Secure form: the payer's browser posts the card to its address."""
        if not self.account.are_addresses_allowed:
            raise AddressRefusedError

    def _guarded(self, order: OrderData, call: Callable[[], GatewayResult]) -> GatewayResult:
        try:
            self._check_addresses()
            return self._without_secrets(compare(call(), order))
        except (NotSentError, NoAnswerError, UnreadableAnswerError) as error:
            return self._without_secrets(GatewayResult(**_failure(error)))

    def _without_secrets(self, result: R) -> R:
        """Banks echo what they were sent; a secret of the config must not be stored as the bank's text."""
        if not result.bank_text:
            return result
        hidden = secrets.hide(result.bank_text, secrets.split(self.config_class, self.config)[1])
        return replace(result, bank_text=hidden)


def _failure(error: Exception) -> dict[str, Any]:
    if isinstance(error, NotSentError):
        refused = isinstance(error, AddressRefusedError)
        return {
            "outcome": Outcome.NOT_SENT,
            "reason": Reason.ADDRESS_REFUSED if refused else Reason.NOT_REACHED,
        }
    if isinstance(error, NotAuthenticError):
        known: dict[str, Any] = {"reason": Reason.NOT_AUTHENTIC, "signature_valid": False}
    else:
        known = {"reason": Reason.NO_ANSWER if isinstance(error, NoAnswerError) else Reason.UNREADABLE}
    return {"outcome": Outcome.UNKNOWN, "bank_text": str(error), **known}
